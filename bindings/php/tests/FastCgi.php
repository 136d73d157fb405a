<?php

declare(strict_types=1);

namespace Quhao\Tests;

/** FastCGI 1.0, as much of it as a test of a worker needs: one request on one connection. */
final class FastCgi
{
    private const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, STDERR = 7;

    /** @var resource */
    private $connection;
    private string $received = '';

    /** Sends a POST to a script; `answer()` waits for what it prints. */
    public function __construct(string $socket, string $script, string $body)
    {
        $this->connection = stream_socket_client('unix://' . $socket, $code, $why, 5)
            ?: throw new \RuntimeException("no FPM: {$why}");
        stream_set_timeout($this->connection, 10);
        $params = '';
        $named = [
            'GATEWAY_INTERFACE' => 'CGI/1.1', 'REQUEST_METHOD' => 'POST', 'SCRIPT_FILENAME' => $script,
            'SCRIPT_NAME' => '/' . basename($script), 'CONTENT_TYPE' => 'application/json',
            'CONTENT_LENGTH' => (string) strlen($body),
        ];
        foreach ($named as $name => $value) {
            $params .= pack('NN', strlen($name) | 1 << 31, strlen($value) | 1 << 31) . $name . $value;
        }
        // A responder, and the connection is closed after the answer.
        $request = self::record(self::BEGIN, pack('nCx5', 1, 0)) . self::record(self::PARAMS, $params) . self::record(self::PARAMS, '');
        foreach (str_split($body, 65535) as $part) {
            $request .= self::record(self::STDIN, $part);
        }
        fwrite($this->connection, $request . self::record(self::STDIN, ''));
    }

    /** @return mixed what the script printed, as JSON */
    public function answer(): mixed
    {
        $errors = '';
        while (true) {
            ['type' => $type, 'length' => $length, 'padding' => $padding] =
                unpack('Cversion/Ctype/nid/nlength/Cpadding/x', $this->exactly(8));
            $content = substr($this->exactly($length + $padding), 0, $length);
            match ($type) {
                self::STDOUT => $this->received .= $content,
                self::STDERR => $errors .= $content,
                default => null,
            };
            if ($type === self::END) {
                break;
            }
        }
        fclose($this->connection);
        [, $printed] = explode("\r\n\r\n", $this->received, 2) + [1 => ''];
        if ($errors !== '') {
            throw new \RuntimeException($errors . $printed);
        }
        return json_decode($printed, true, 512, JSON_THROW_ON_ERROR);
    }

    /** The status that the script set; 200 if it set none. */
    public function status(): int
    {
        return preg_match('/^Status: (\d{3})/m', $this->received, $found) === 1 ? (int) $found[1] : 200;
    }

    private function exactly(int $length): string
    {
        for ($read = ''; strlen($read) < $length; $read .= $part) {
            $part = fread($this->connection, $length - strlen($read));
            if ($part === false || $part === '') {
                throw new \RuntimeException('FPM closed the connection or is silent: ' . $this->received);
            }
        }
        return $read;
    }

    private static function record(int $type, string $content): string
    {
        return pack('CCnnCx', 1, $type, 1, strlen($content), 0) . $content;
    }
}
