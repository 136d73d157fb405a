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
            default => $this->assertAlike($expect, $answer),
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
        $this->assertSame(['decrypt', 'inspect', 'new', 'prepare', 'read', 'sign'], $kinds);
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
            case 'decrypt':
                return ['number' => $client->decryptNumber($input['ciphertext'])];
            case 'sign':
                return $client->signature($input['operation'], $input['params'], $input['number'] ?? null);
            case 'inspect':
                $found = $client->inspect($input['operation'], $input['params']);
                $this->assertSame(
                    in_array('refused', array_column($found['findings'], 'action'), true),
                    $found['refused'],
                );
                $plain = static fn (array $finding): array => array_diff_key($finding, ['message' => 0]);
                return ['findings' => array_map($plain, $found['findings']), 'params' => $found['params']];
            case 'read':
                $answer = $client->read($input['operation'], $input['status'], $input['body'])->toArray();
                return $answer + ['trade_no' => $answer['tradeNo'], 'request_id' => $answer['requestId']];
            case 'prepare':
                $call = Vectors::prepare($client, $input);
                $type = $call->headers['content-type'];
                $body = $type === 'application/json'
                    ? ['json' => json_decode($call->body, true, 512, JSON_THROW_ON_ERROR)]
                    : ['form' => Vectors::form($call->body)];
                return ['method' => $call->method, 'url' => $call->url, 'content_type' => $type] + $body;
        }
        $this->fail("no runner for {$run}");
    }

    private function assertNamed(array $expected, array $answer): void
    {
        foreach ($expected as $name => $value) {
            $this->assertAlike($value, $answer[$name] ?? null, $name);
        }
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
