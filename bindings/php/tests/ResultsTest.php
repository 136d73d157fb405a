<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Call;
use Quhao\Client;
use Quhao\FetchedNumber;
use Quhao\Sandbox;
use Quhao\Verdict;

/** What an answer is in PHP. */
final class ResultsTest extends TestCase
{
    private const REPLY = '{"code":"200000","message":"成功 13800138000","chargeStatus":1,"data":{"mobileName":"%s","tradeNo":"17061409502398076"'
        . ',"fanqizha":2,"tag":"小号"},"later":{"seen":["13800138000",{"at":1}],"big":18446744073709551615,"half":0.5}}';

    private Sandbox $sandbox;
    private Client $client;

    protected function setUp(): void
    {
        $this->sandbox = new Sandbox();
        $this->client = new Client('shanyan', $this->sandbox->options('shanyan'));
    }

    public function testANumberIsInClearWhereAskedForAndMaskedWhereDumped(): void
    {
        $fetched = $this->fetched();
        $this->assertSame('13800138000', $fetched->number);
        $this->assertSame('13800138000', $fetched->toArray()['number']);
        ob_start();
        var_dump($fetched);
        $dumps = [
            ob_get_clean(), print_r($fetched, true), var_export($fetched, true), json_encode($fetched, JSON_THROW_ON_ERROR),
            implode(' ', array_filter((array) $fetched, 'is_string')), print_r([$fetched], true),
        ];
        foreach ($dumps as $dump) {
            $this->assertStringContainsString('138****8000', $dump);
            $this->assertStringNotContainsString('13800138000', $dump);
        }
    }

    public function testAnAnswerIsReadonlyClosedAndNotSerialised(): void
    {
        $fetched = $this->fetched();
        $this->assertRefused('Cannot modify readonly property', static fn () => $fetched->number = 'x');
        $this->assertRefused('Cannot unset readonly property', static function () use ($fetched): void {
            unset($fetched->number);
        });
        $this->assertRefused('Cannot modify readonly property', static function () use ($fetched): void {
            $fetched->extra['x'] = 1;
        });
        $this->assertRefused('Cannot create dynamic property', static fn () => $fetched->more = 1);
        $this->assertRefused('private', static fn () => new FetchedNumber());
        $this->assertRefused('uncloneable', static fn () => clone $fetched);
        $this->assertRefused('Serialization', static fn () => serialize($fetched));
        $this->assertRefused('Serialization', fn () => serialize($this->client));
        $this->assertRefused('uncloneable', fn () => clone $this->client);
        $this->assertRefused('', static fn () => unserialize('O:19:"Quhao\FetchedNumber":1:{s:6:"number";s:1:"x";}'));
        $this->assertRefused('', static fn () => (new \ReflectionClass(FetchedNumber::class))->newInstanceWithoutConstructor());
    }

    public function testAReceiptHoldsAllThatTheGatewaySaid(): void
    {
        $number = $this->client->read('fetchNumber', 200, $this->reply());
        $this->assertSame(['shanyan', '200000', 'yes'], [$number->provider, $number->code, $number->charge]);
        $this->assertSame(['17061409502398076', null], [$number->tradeNo, $number->requestId]);
        $this->assertEquals(['level' => 'denied', 'code' => '2', 'tags' => ['小号']], $number->risk);
        $this->assertSame($number->risk, $number->toArray()['risk']);
        // 2⁶⁴ − 1 is no PHP integer: its digits are.
        $later = ['seen' => ['13800138000', ['at' => 1]], 'big' => '18446744073709551615', 'half' => 0.5];
        ksort($later);
        $this->assertEquals($later, $number->extra['later']);
        $this->assertStringNotContainsString('13800138000', print_r($number, true));
        $this->assertStringContainsString('17061409502398076', print_r($number, true));
    }

    public function testWhatTheGatewayAddsKeepsItsTypes(): void
    {
        $added = '{"least":-9223372036854775808,"most":9223372036854775807,"beyond":-9223372036854775809,"half":-0.5,"vast":1e300,'
            . '"yes":true,"no":false,"none":null,"empty":"","letter":"x","text":"\u0000 \u53f7 \ud83d\ude00","list":[],"map":{},'
            . '"deep":[[1],{"a":{"b":[null,"c"]}}],"names":{"0":"a","-7":"b","-0":"c","01":"d","9223372036854775808":"e","":"f"}}';
        $extra = $this->client->read('fetchNumber', 200, substr($this->reply(), 0, -1) . ',"added":' . $added . '}')->extra;
        $expected = [
            'least' => PHP_INT_MIN, 'most' => PHP_INT_MAX, 'beyond' => -9223372036854775809, 'half' => -0.5, 'vast' => 1e300,
            'yes' => true, 'no' => false, 'none' => null, 'empty' => '', 'letter' => 'x', 'text' => "\0 号 😀", 'list' => [], 'map' => [],
            'deep' => [[1], ['a' => ['b' => [null, 'c']]]],
            'names' => [0 => 'a', -7 => 'b', '-0' => 'c', '01' => 'd', '9223372036854775808' => 'e', '' => 'f'],
        ];
        $ordered = static function (array $fields) use (&$ordered): array {
            ksort($fields, SORT_STRING);
            return array_map(static fn (mixed $field): mixed => is_array($field) ? $ordered($field) : $field, $fields);
        };
        $this->assertSame($ordered($expected), $ordered($extra['added']));
        // What comes out is PHP's own: written to and compared as such.
        $copy = $extra['added'];
        $copy['deep'][1]['a']['b'][] = 'd';
        $this->assertSame([null, 'c', 'd'], $copy['deep'][1]['a']['b']);
        $this->assertSame([null, 'c'], $extra['added']['deep'][1]['a']['b']);
    }

    public function testAVerdictIsOneOfTheConstants(): void
    {
        $phone = $this->sandbox->phone('13800138000', 'cucc');
        foreach ([Verdict::MATCH => '13800138000', Verdict::MISMATCH => '13900139000'] as $verdict => $typed) {
            $answer = $this->client->verifyNumber($phone->typing($typed)->params('shanyan', 'verifyNumber'));
            $this->assertSame([$verdict, $verdict === Verdict::MATCH], [$answer->verdict, $answer->matches]);
        }
    }

    public function testACallIsPlainDataAndReadsItsReply(): void
    {
        $call = $this->client->prepareFetchNumber($this->params());
        $this->assertSame('POST', $call->method);
        $this->assertStringStartsWith($this->sandbox->url . '/', $call->url);
        $this->assertSame('application/x-www-form-urlencoded', $call->headers['content-type']);
        $this->assertSame($call->requestId, Vectors::form($call->body)['randoms']);
        foreach ([print_r($call, true), var_export($call, true), json_encode($call)] as $dump) {
            $this->assertStringContainsString('<' . strlen($call->body) . ' bytes>', $dump);
            $this->assertStringNotContainsString('accessToken', $dump);
        }
        $headers = array_map(static fn (string $name): string => "{$name}: {$call->headers[$name]}", array_keys($call->headers));
        $context = stream_context_create(['http' => [
            'method' => $call->method, 'header' => $headers, 'content' => $call->body, 'ignore_errors' => true,
        ]]);
        $this->assertSame('13800138000', $call->read(200, file_get_contents($call->url, false, $context))->number);
        $this->assertRefused('private', static fn () => new Call());
        $this->assertRefused('readonly', static fn () => $call->body = '');
    }

    private function fetched(): FetchedNumber
    {
        return $this->client->fetchNumber($this->params());
    }

    private function params(): array
    {
        return $this->sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber');
    }

    private function reply(): string
    {
        // The sandbox's own ciphertext, whose key the client has.
        $call = $this->client->prepareFetchNumber($this->params());
        $header = ['content-type: application/x-www-form-urlencoded'];
        $context = stream_context_create(['http' => ['method' => 'POST', 'header' => $header, 'content' => $call->body]]);
        $reply = json_decode(file_get_contents($call->url, false, $context), true, 512, JSON_THROW_ON_ERROR);
        return sprintf(self::REPLY, $reply['data']['mobileName']);
    }

    private function assertRefused(string $because, callable $call): void
    {
        try {
            $call();
        } catch (\Throwable $error) {
            $this->assertStringContainsString($because, $error->getMessage());
            return;
        }
        $this->fail("expected a refusal: {$because}");
    }
}
