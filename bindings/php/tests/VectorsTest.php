<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Exception\QuhaoException;

/** Every known answer, through PHP. */
final class VectorsTest extends TestCase
{
    /** @dataProvider vectors */
    public function testVectorHolds(string $run, array $input, array $expect): void
    {
        try {
            $answer = $this->run_($run, $input);
        } catch (QuhaoException $error) {
            $this->assertArrayHasKey('error', $expect, 'unexpected: ' . get_class($error) . ': ' . $error->getMessage());
            $this->assertError($expect['error'], $error);
            return;
        }
        $this->assertArrayNotHasKey('error', $expect, 'expected an error');
        match ($run) {
            // Facts that a case does not name are not compared.
            'read' => $this->assertNamed($expect['result'], $answer),
            'inspect' => $this->assertNamed($expect, $answer),
            default => isset($answer['method']) ? $this->assertRequest($expect, $answer) : $this->assertAlike($expect, $answer),
        };
    }

    public function testThereAreVectorsOfEveryKindAndMostAreFailures(): void
    {
        $runs = [];
        $negative = 0;
        foreach (Vectors::all() as [$run, , $expect]) {
            $runs[$run] = ($runs[$run] ?? 0) + 1;
            $negative += (int) (isset($expect['error']) || ($expect['findings'] ?? []) !== []);
        }
        $kinds = array_keys($runs);
        sort($kinds);
        $this->assertSame(['apps', 'decrypt', 'inspect', 'new', 'prepare', 'read', 'sign'], $kinds);
        $this->assertGreaterThan(200, array_sum($runs));
        $this->assertGreaterThanOrEqual(60, 100 * $negative / array_sum($runs));
    }

    public function vectors(): iterable
    {
        return Vectors::all();
    }

    private function run_(string $run, array $input): array
    {
        $client = Vectors::client($input);
        switch ($run) {
            case 'new':
                return ['ok' => true];
            case 'apps':
            case 'prepare':
                if ($input['operation'] === 'decrypt_number') {
                    return ['number' => $client->decryptNumber($input['ciphertext'])];
                }
                return Vectors::request(Vectors::prepare($client, $input));
            case 'decrypt':
                return ['number' => $client->decryptNumber($input['ciphertext'])];
            case 'sign':
                return $client->signature($input['operation'], $input['params'], $input['number'] ?? null);
            case 'inspect':
                $found = $client->inspect($input['operation'], $input['params']);
                $refused = in_array('refused', array_column($found['findings'], 'action'), true);
                $this->assertSame($refused, $found['refused']);
                $plain = static fn (array $finding): array => array_diff_key($finding, ['message' => 0]);
                return ['findings' => array_map($plain, $found['findings'])] + $found;
            case 'read':
                $answer = isset($input['params'])
                    ? Vectors::prepare($client, $input)->read($input['status'], $input['body'])
                    : $client->read($input['operation'], $input['status'], $input['body']);
                return $answer->toArray() + ['trade_no' => $answer->tradeNo, 'request_id' => $answer->requestId];
        }
        $this->fail("no runner for {$run}");
    }

    private function assertNamed(array $expected, array $answer): void
    {
        foreach ($expected as $name => $value) {
            $this->assertAlike($value, $answer[$name] ?? null, $name);
        }
    }

    /** A request as a whole, or where it differs each time: by the fields that the case names, and by what its keys tell. */
    private function assertRequest(array $expected, array $request): void
    {
        $this->assertNotSame([], array_intersect_key($expected, ['form' => 0, 'form_where' => 0, 'json' => 0, 'json_where' => 0]));
        foreach ($expected as $name => $value) {
            match ($name) {
                'form_where', 'json_where' => $this->assertWhere($value, $request[substr($name, 0, 4)]),
                'opens' => $this->assertOpens($value, $request['json']),
                'verifies' => $this->assertVerifies($value, $request['json']),
                default => $this->assertAlike($value, $request[$name] ?? null, $name),
            };
        }
    }

    private function assertWhere(array $fields, array $sent): void
    {
        foreach ($fields as $path => $value) {
            $this->assertAlike($value, Vectors::at($sent, (string) $path), (string) $path);
        }
    }

    /** OpenSSL opens the field, RSAES-PKCS1-v1_5. */
    private function assertOpens(array $opens, array $json): void
    {
        $this->assertTrue(openssl_private_decrypt(self::decoded($opens, $json), $plaintext, $opens['key']));
        $this->assertSame($opens['plaintext'], $plaintext);
    }

    /** OpenSSL verifies the field; `{path}` in the base stands for another one. */
    private function assertVerifies(array $verifies, array $json): void
    {
        $this->assertSame('MD5withRSA', $verifies['algorithm']);
        $named = static fn (array $path): string => Vectors::at($json, $path[1]);
        $base = preg_replace_callback('/\{(.+?)\}/', $named, $verifies['base']);
        $this->assertSame(1, openssl_verify($base, self::decoded($verifies, $json), $verifies['key'], OPENSSL_ALGO_MD5));
    }

    private static function decoded(array $field, array $json): string
    {
        $text = Vectors::at($json, $field['path']);
        return match ($field['encoding']) {
            'base64' => base64_decode($text, true),
            'hex' => strtoupper($text) === $text ? hex2bin($text) : '',
        };
    }

    /** The same, whatever the order of a map's names. */
    private function assertAlike(mixed $expected, mixed $answer, string $name = ''): void
    {
        $this->assertSame(self::written($expected), self::written($answer), $name);
    }

    private function assertError(array $expected, QuhaoException $error): void
    {
        // What the vector's own frames hold in clear is the test's; the call's frame is ours.
        $shown = implode("\n", [
            $error->getMessage(), $error->hint, $error->vendorCode, $error->requestId, print_r($error->getTrace()[0], true),
        ]);
        $facts = [
            'kind' => $error->kind, 'retry' => $error->retry, 'charge' => $error->charge,
            'vendor_code' => $error->vendorCode, 'phase' => $error->phase ?? null,
        ];
        $this->assertSame('Quhao\Exception\\' . ucfirst($error->kind) . 'Exception', get_class($error));
        foreach ($expected as $name => $value) {
            match ($name) {
                'message_has' => $this->assertHas($value, $error->getMessage()),
                'hint_has' => $this->assertHas($value, $error->hint),
                'never_has' => $this->assertHasNone($value, $shown),
                default => $this->assertSame($value, $facts[$name], $name),
            };
        }
    }

    private function assertHas(array $fragments, string $text): void
    {
        foreach ($fragments as $fragment) {
            $this->assertStringContainsString($fragment, $text);
        }
    }

    private function assertHasNone(array $fragments, string $text): void
    {
        foreach ($fragments as $fragment) {
            $this->assertStringNotContainsString($fragment, $text);
        }
    }

    private static function written(mixed $value): string
    {
        $sorted = static function (mixed $value) use (&$sorted): mixed {
            if (!is_array($value)) {
                return $value;
            }
            if (!array_is_list($value)) {
                ksort($value);
            }
            return array_map($sorted, $value);
        };
        return json_encode($sorted($value), JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
    }
}
