<?php

declare(strict_types=1);

namespace Quhao\Tests;

/** Another PHP process, for what a process can only show once. */
final class Child
{
    /** Where the extension under test lies. */
    public static function extension(): string
    {
        return getenv('QUHAO_EXTENSION') ?: dirname(__DIR__, 3) . '/target/debug/libquhao.so';
    }

    /** @return string[] a command that runs PHP with nothing but the extension and what is asked for */
    public static function php(string ...$arguments): array
    {
        return [PHP_BINARY, '-n', '-d', 'extension=' . self::extension(), '-d', 'display_errors=stderr', ...$arguments];
    }

    /** Runs code to its end, so many seconds at most. @return array{int, string, string} exit code, output, errors */
    public static function run(array $command, string $code, int $seconds = 20): array
    {
        $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes);
        fwrite($pipes[0], $code);
        fclose($pipes[0]);
        [$output, $ends] = [['', ''], microtime(true) + $seconds];
        for ($open = [$pipes[1], $pipes[2]]; $open !== [] && microtime(true) < $ends;) {
            [$ready, $none] = [$open, null];
            stream_select($ready, $none, $none, 1);
            foreach ($ready as $pipe) {
                $output[(int) ($pipe === $pipes[2])] .= fread($pipe, 65536);
            }
            $open = array_filter($open, static fn ($pipe): bool => !feof($pipe));
        }
        if ($open !== []) {
            proc_terminate($process, SIGKILL);
            proc_close($process);
            return [-1, $output[0], $output[1] . "\nnot done in {$seconds} seconds"];
        }
        return [proc_close($process), ...$output];
    }

    /** Runs code under the extension alone and returns what it printed as JSON. */
    public static function answer(string $code, string ...$arguments): mixed
    {
        [$exit, $output, $errors] = self::run(self::php(...$arguments), '<?php ' . $code);
        if ($exit !== 0 || $errors !== '') {
            throw new \RuntimeException("exit {$exit}: {$errors}{$output}");
        }
        return json_decode($output, true, 512, JSON_THROW_ON_ERROR);
    }
}
