<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Client;
use Quhao\Exception\QuhaoException;
use Quhao\Sandbox;

/** What is told of each call: enough for logs and metrics, nothing of whom it was about. */
final class EventsTest extends TestCase
{
    private const FACTS = [
        'provider', 'operation', 'outcome', 'kind', 'retry', 'phase', 'vendor_code', 'charge', 'request_id', 'duration_ms', 'shared',
    ];

    private Sandbox $sandbox;
    /** @var list<array<string, mixed>> */
    private array $events = [];
    private Client $client;

    protected function setUp(): void
    {
        $this->sandbox = new Sandbox();
        $this->client = new Client('shanyan', $this->sandbox->options('shanyan'));
        $this->client->onCall(function (array $event): void {
            $this->events[] = $event;
        });
    }

    public function testAnAnswerIsToldBeforeTheCallReturns(): void
    {
        $params = $this->params('fetchNumber');
        $answer = $this->client->fetchNumber($params);
        [$event] = $this->events;
        $this->assertEqualsCanonicalizing(self::FACTS, array_keys($event));
        $this->assertSame(
            ['shanyan', 'fetch_number', 'fetched', null, null, null, '200000', $answer->charge, $params['randoms'], false],
            array_map(static fn (string $fact): mixed => $event[$fact], array_values(array_diff(self::FACTS, ['duration_ms']))),
        );
        $this->assertGreaterThan(0.0, $event['duration_ms']);
        $this->assertStringNotContainsString('13800138000', json_encode($event));
    }

    public function testAVerdictIsTheOutcome(): void
    {
        $phone = $this->sandbox->phone('13800138000', 'cucc')->typing('13900139000');
        $this->client->verifyNumber($phone->params('shanyan', 'verifyNumber'));
        $this->assertSame(['verify_number', 'mismatch', null], [$this->events[0]['operation'], $this->events[0]['outcome'], $this->events[0]['kind']]);
    }

    public function testAFailureIsToldBeforeItIsThrown(): void
    {
        $params = $this->params('fetchNumber');
        $this->client->fetchNumber($params);
        foreach ([['token', 'new_token', null, '403000'], ['transport', 'new_token', 'receive', null]] as $at => $facts) {
            if ($facts[0] === 'transport') {
                $this->sandbox->failNext('fault:reset');
                $params = $this->params('fetchNumber');
            }
            $told = count($this->events);
            try {
                $this->client->fetchNumber($params);
                $this->fail('expected an exception');
            } catch (QuhaoException $error) {
                $this->assertCount($told + 1, $this->events);
                $event = $this->events[$told];
                $this->assertSame($facts, [$event['kind'], $event['retry'], $event['phase'], $event['vendor_code']]);
                $this->assertSame([$error->kind, $error->charge, $error->requestId], [$event['outcome'], $event['charge'], $event['request_id']]);
            }
        }
        $this->assertStringNotContainsString($params['accessToken'], json_encode($this->events));
    }

    public function testParamsThatAreRefusedBeforeTheyAreSentAreToldToo(): void
    {
        try {
            $this->client->fetchNumber(['accessToken' => '13800138000']);
        } catch (QuhaoException) {
        }
        $this->assertSame(['input', 'no', null], [$this->events[0]['kind'], $this->events[0]['charge'], $this->events[0]['vendor_code']]);
        $this->assertStringNotContainsString('13800138000', json_encode($this->events));
        $this->client->prepareFetchNumber($this->params('fetchNumber'));
        $this->assertCount(1, $this->events, 'what sends nothing is no call');
    }

    public function testAListenerThatThrowsCostsNoAnswer(): void
    {
        [$exit, $output, $errors] = Child::run(Child::php('-d', 'display_errors=stderr'), <<<'PHP'
            <?php
            // As many frameworks do.
            set_error_handler(function (int $level, string $message): bool {
                throw new ErrorException($message);
            });
            $sandbox = new Quhao\Sandbox();
            $client = new Quhao\Client('shanyan', $sandbox->options('shanyan'));
            $client->onCall(function (): void {
                throw new LogicException("not\0today");
            });
            $params = $sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber');
            $seen = [$client->fetchNumber($params)->number];
            try {
                $client->fetchNumber($params);
            } catch (Quhao\Exception\TokenException $error) {
                $seen[] = [$error->kind, $error->getPrevious()];
            }
            // The script's handler is in place again.
            try {
                trigger_error('mine', E_USER_WARNING);
            } catch (ErrorException $error) {
                $seen[] = $error->getMessage();
            }
            echo json_encode($seen);
            PHP);
        $this->assertSame([0, '["13800138000",["token",null],"mine"]'], [$exit, $output], $errors);
        $this->assertSame(2, substr_count($errors, 'the listener threw LogicException: nottoday in Standard input code:9'), $errors);
        $this->assertStringContainsString('Warning: Quhao\Client::fetchNumber(): ', $errors);
        $this->assertStringNotContainsString('13800138000', $errors);
    }

    public function testAListenerMayEndTheScript(): void
    {
        $seen = Child::answer(<<<'PHP'
            $sandbox = new Quhao\Sandbox();
            $client = new Quhao\Client('shanyan', $sandbox->options('shanyan'));
            $client->onCall(fn (array $event) => exit(json_encode($event['outcome'])));
            $client->fetchNumber($sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber'));
            echo 'not reached';
            PHP);
        $this->assertSame('fetched', $seen);
    }

    public function testAListenerMayCallAndReplaceItself(): void
    {
        $outcomes = [];
        $this->client->onCall(function (array $event) use (&$outcomes): void {
            $outcomes[] = $event['outcome'];
            $this->client->onCall(null);
            $outcomes[] = $this->client->fetchNumber($this->params('fetchNumber'))->number;
        });
        $this->client->fetchNumber($this->params('fetchNumber'));
        $this->client->fetchNumber($this->params('fetchNumber'));
        $this->assertSame(['fetched', '13800138000'], $outcomes);
        $this->assertSame([], $this->events);
    }

    public function testTheClientComesBackAndItsAppsHaveItsListener(): void
    {
        $this->assertSame($this->client, $this->client->onCall(static fn (array $event) => null));
        $this->client->onCall(function (array $event): void {
            $this->events[] = $event;
        });
        $app = $this->sandbox->options('shanyan')['app_id'];
        $this->client->app($app)->fetchNumber($this->params('fetchNumber'));
        $this->assertCount(1, $this->events);
        foreach ([5, 'no such function', [$this, 'nothing']] as $wrong) {
            try {
                $this->client->onCall($wrong);
                $this->fail('expected a TypeError');
            } catch (\TypeError $error) {
                $this->assertStringContainsString('Argument #1 ($listener) must be of type ?callable', $error->getMessage());
            }
        }
    }

    public function testAListenerThatHoldsItsClientIsCollected(): void
    {
        $alive = Child::answer(<<<'PHP'
            $sandbox = new Quhao\Sandbox();
            $options = $sandbox->options('shanyan');
            $gone = 0;
            $witness = function () use (&$gone) {
                return new class ($gone) {
                    public function __construct(private int &$gone) {}
                    public function __destruct() { $this->gone++; }
                };
            };
            for ($i = 0; $i < 100; $i++) {
                $client = new Quhao\Client('shanyan', $options);
                $held = $witness();
                $client->onCall(function () use ($client, $held) {});
            }
            unset($client, $held);
            gc_collect_cycles();
            echo json_encode($gone);
            PHP);
        $this->assertSame(100, $alive);
    }

    public function testADumpOfAClientShowsNoListener(): void
    {
        $this->assertStringNotContainsString('Closure', print_r($this->client, true) . var_export($this->client, true));
        $this->assertSame(['provider' => 'shanyan'], (array) $this->client);
    }

    public function testCountersAddUpWhatEndedAlike(): void
    {
        $counters = Child::answer(<<<'PHP'
            $none = Quhao\counters();
            $sandbox = new Quhao\Sandbox();
            $client = new Quhao\Client('shanyan', $sandbox->options('shanyan'));
            for ($i = 0; $i < 3; $i++) {
                $params = $sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber');
                $client->fetchNumber($params);
            }
            try {
                $client->fetchNumber($params);
            } catch (Quhao\Exception\TokenException) {
            }
            echo json_encode([$none, Quhao\counters()]);
            PHP);
        [$none, $counted] = $counters;
        $this->assertSame([], $none);
        $this->assertCount(2, $counted);
        $calls = array_column($counted, 'calls', 'outcome');
        $this->assertSame([3, 1], [$calls['fetched'], $calls['token']]);
        foreach ($counted as $counter) {
            $this->assertEqualsCanonicalizing(
                ['provider', 'operation', 'outcome', 'vendor_code', 'charge', 'shared', 'calls', 'duration_ms'],
                array_keys($counter),
            );
            $this->assertSame(['shanyan', 'fetch_number', false], [$counter['provider'], $counter['operation'], $counter['shared']]);
        }
        $this->assertSame(['200000', '403000'], [array_column($counted, 'vendor_code', 'outcome')['fetched'], array_column($counted, 'vendor_code', 'outcome')['token']]);
    }

    public function testOneTokenTwiceIsTwoCallsBecausePhpHasOneThread(): void
    {
        // In languages whose calls overlap the second shares the first one's request; here the first has ended.
        $params = $this->params('fetchNumber');
        $this->client->fetchNumber($params);
        try {
            $this->client->fetchNumber($params);
            $this->fail('expected an exception');
        } catch (QuhaoException $error) {
            $this->assertSame('token', $error->kind);
        }
        $this->assertSame([false, false], array_column($this->events, 'shared'));
        $this->assertSame([false, true], array_column($this->sandbox->ledger(), 'token_seen_before'));
    }

    /** @return array<string, string> */
    private function params(string $operation): array
    {
        return $this->sandbox->phone('13800138000', 'cmcc')->params('shanyan', $operation);
    }
}
