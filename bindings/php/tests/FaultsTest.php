<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Client;
use Quhao\Exception\QuhaoException;
use Quhao\Exception\TransportException;
use Quhao\FetchedNumber;
use Quhao\Sandbox;
use Quhao\Verification;

/** The fault matrix: every failure of network, proxy, TLS and gateway, for every operation of every provider. */
final class FaultsTest extends TestCase
{
    private const NUMBER = '13800138000', NAME = '张三', ID_CARD = '11010519491231002X';
    /** The largest growth of a process by one call: half of the largest reply. */
    private const MOST_KIB = 32 << 10;

    private Sandbox $sandbox;
    private string $app;
    private string $operation;

    /** @dataProvider cells */
    public function testACellEndsAsTheMatrixSays(string $app, string $operation, array $input, array $expect): void
    {
        // A machine that is busy with something else may be late once; a deadline that does not hold is late always.
        for ($try = 1; $this->play($app, $operation, $input, $expect) > $expect['ends_ms'][1]; $try++) {
            $this->assertLessThan(3, $try, "later than {$expect['ends_ms'][1]} ms each time");
        }
    }

    /** @return int the milliseconds that it took */
    private function play(string $app, string $operation, array $input, array $expect): int
    {
        [$this->sandbox, $this->app, $this->operation] = [new Sandbox(), $app, $operation];
        $this->sandbox->addPerson(self::NUMBER, self::NAME, self::ID_CARD);
        $client = $this->client($input);
        if (isset($input['load'])) {
            return $this->load($client, $input['load'], $expect);
        }
        if (isset($input['first'])) {
            array_map($this->sandbox->failNext(...), $input['first']['fail_next']);
            $this->assertOwn(self::NUMBER, $this->ask($client, $this->question(self::NUMBER)));
            usleep($input['first']['pause_ms'] * 1000);
        }
        $question = $this->question(self::NUMBER);
        array_map($this->sandbox->failNext(...), $input['fail_next'] ?? []);
        $before = self::memory(reset: true);
        $begun = hrtime(true);
        try {
            $ended = $this->ask($client, $question);
        } catch (QuhaoException $error) {
            $ended = $error;
        }
        $took = intdiv(hrtime(true) - $begun, 1_000_000);
        $this->assertLessThan(self::MOST_KIB, self::memory() - $before, 'KiB');
        $this->assertEnded($expect, $ended);
        $this->assertGreaterThanOrEqual($expect['ends_ms'][0], $took, 'ms');
        $this->assertCount($expect['ledger'], $this->sandbox->ledger());
        $this->assertNothingSentTwice();
        return $took;
    }

    public function cells(): iterable
    {
        $file = file_get_contents(__DIR__ . '/../../../crates/vectors/data/behaviours/faults.json');
        $cases = json_decode($file, true, 512, JSON_THROW_ON_ERROR)['cases'];
        $this->assertGreaterThan(20, count($cases));
        foreach (\Quhao\providers() as ['id' => $provider, 'operations' => $operations]) {
            foreach ($operations as $operation) {
                foreach ($cases as $case) {
                    yield "{$case['id']}: {$provider} {$operation}" => [$provider, $operation, $case['input'], $case['expect']];
                }
            }
        }
    }

    /** Users one after the other, each with a number of their own, who do as `retry` says. */
    private function load(Client $client, array $load, array $expect): int
    {
        $begun = hrtime(true);
        $took = static fn (): int => intdiv(hrtime(true) - $begun, 1_000_000);
        for ($user = 0; $user < $load['logins']; $user++) {
            if ($user === $load['after']) {
                array_map($this->sandbox->failNext(...), $load['fail_next']);
            }
            $number = sprintf('138%08d', $user);
            $this->sandbox->addPerson($number, self::NAME, self::ID_CARD);
            $question = $this->question($number);
            for ($answer = null; $answer === null;) {
                $this->assertLessThan(3 * $expect['ends_ms'][1], $took(), 'no end of it');
                try {
                    $answer = $this->ask($client, $question);
                } catch (QuhaoException $error) {
                    $this->assertContains(self::facts($error), array_map(self::sorted(...), $expect['errors']), $error->getMessage());
                    $this->assertNotSame('never', $error->retry);
                    if ($error->retry === 'same_token') {
                        usleep($load['pause_ms'] * 1000);
                    } else {
                        $question = $this->question($number);
                    }
                }
            }
            $this->assertOwn($number, $answer);
        }
        $this->assertGreaterThanOrEqual($expect['ends_ms'][0], $took(), 'ms');
        $this->assertNothingSentTwice();
        return $took();
    }

    private function client(array $input): Client
    {
        $options = $this->sandbox->options($this->app);
        if (isset($input['endpoint'])) {
            $options = $this->endpoint($input['endpoint']) + $options;
        }
        if (isset($input['proxy'])) {
            $options = ['proxy' => $this->endpoint($input['proxy'])['base_url']] + $options;
        }
        return new Client($this->app, ($input['options'] ?? []) + $options);
    }

    /** @return array<string, string> options for an endpoint that fails */
    private function endpoint(string $name): array
    {
        $post = ['method' => 'POST', 'header' => ['content-type: application/json'], 'content' => json_encode(['endpoint' => $name])];
        $reply = file_get_contents("{$this->sandbox->url}/endpoint", false, stream_context_create(['http' => $post]));
        return json_decode($reply, true, 512, JSON_THROW_ON_ERROR);
    }

    /** @return array<string, mixed> the arguments of one question about a number, with a token of its own */
    private function question(string $number): array
    {
        return match ($this->operation) {
            'verify_identity' => ['number' => $number, 'name' => self::NAME, 'idCard' => self::ID_CARD],
            'fetch_number' => ['params' => $this->sandbox->phone($number, 'cmcc')->params($this->app, 'fetchNumber')],
            'verify_number' => [
                'params' => $this->sandbox->phone($number, 'cmcc')->params($this->app, 'verifyNumber'), 'number' => $number,
            ],
        };
    }

    private function ask(Client $client, array $question): FetchedNumber|Verification
    {
        return match ($this->operation) {
            'verify_identity' => $client->verifyIdentity(...$question),
            'fetch_number' => $client->fetchNumber(...$question),
            'verify_number' => $client->verifyNumber(...$question),
        };
    }

    private function assertOwn(string $number, FetchedNumber|Verification $answer): void
    {
        if ($answer instanceof FetchedNumber) {
            $this->assertSame($number, $answer->number);
        } else {
            $this->assertTrue($answer->matches);
        }
    }

    private function assertEnded(array $expect, FetchedNumber|Verification|QuhaoException $ended): void
    {
        if (isset($expect['ok'])) {
            $this->assertNotInstanceOf(QuhaoException::class, $ended, $ended instanceof QuhaoException ? $ended->getMessage() : '');
            $this->assertOwn(self::NUMBER, $ended);
        } else {
            $this->assertInstanceOf(QuhaoException::class, $ended);
            $this->assertSame(self::sorted($expect['error']), self::facts($ended), $ended->getMessage());
        }
    }

    private function assertNothingSentTwice(): void
    {
        $this->assertNotContains(true, array_column($this->sandbox->ledger(), 'token_seen_before'));
    }

    /** @return array<string, mixed> what the matrix tells of an error */
    private static function facts(QuhaoException $error): array
    {
        $facts = ['kind' => $error->kind, 'retry' => $error->retry, 'charge' => $error->charge];
        return self::sorted($error instanceof TransportException ? $facts + ['phase' => $error->phase, 'timeout' => $error->timeout] : $facts);
    }

    private static function sorted(array $facts): array
    {
        ksort($facts);
        return $facts;
    }

    /** KiB: what is resident, from where the peak begins anew; or the peak since. */
    private static function memory(bool $reset = false): int
    {
        if (!is_writable('/proc/self/clear_refs')) {
            return 0;
        }
        if ($reset) {
            file_put_contents('/proc/self/clear_refs', '5');
        }
        preg_match($reset ? '/^VmRSS:\s*(\d+)/m' : '/^VmHWM:\s*(\d+)/m', file_get_contents('/proc/self/status'), $kib);
        return (int) $kib[1];
    }
}
