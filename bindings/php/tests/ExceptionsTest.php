<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Client;
use Quhao\Exception;
use Quhao\Exception\QuhaoException;
use Quhao\Sandbox;

/** What a failure is in PHP. */
final class ExceptionsTest extends TestCase
{
    private const KINDS = [
        'config', 'credentials', 'decrypt', 'forbidden', 'input', 'protocol', 'quota', 'token', 'transport', 'unavailable',
    ];

    public function testEveryKindHasAClassOfTheTreeWithItsFactsAsDefaults(): void
    {
        foreach (self::KINDS as $kind) {
            $class = 'Quhao\Exception\\' . ucfirst($kind) . 'Exception';
            $error = new $class('by hand');
            $this->assertInstanceOf(QuhaoException::class, $error);
            $this->assertInstanceOf(\RuntimeException::class, $error);
            $this->assertSame([$kind, 'by hand', 'unknown'], [$error->kind, $error->getMessage(), $error->charge]);
            $this->assertContains($error->retry, [\Quhao\Retry::NEVER, \Quhao\Retry::NEW_TOKEN]);
            $this->assertMatchesRegularExpression('#\p{Han}.* / [a-z]#u', $error->hint);
        }
    }

    public function testFileLineAndTraceAreTheCallersOwn(): void
    {
        $thrown = [];
        $sandbox = new Sandbox();
        $client = new Client('shanyan', $sandbox->options('shanyan'));
        $calls = [
            static fn () => new Client('nobody', []), __LINE__,
            static fn () => $client->fetchNumber([]), __LINE__,
            static fn () => $client->decryptNumber('AAAA'), __LINE__,
            static fn () => $client->read('fetchNumber', 500, ''), __LINE__,
        ];
        foreach (array_chunk($calls, 2) as [$call, $line]) {
            try {
                $call();
                $this->fail('expected an exception');
            } catch (QuhaoException $error) {
                $thrown[] = get_class($error);
                $this->assertSame([__FILE__, $line], [$error->getFile(), $error->getLine()]);
                $frame = $error->getTrace()[0];
                $this->assertSame([Client::class, $line], [$frame['class'], $frame['line']]);
                $this->assertStringContainsString(__FUNCTION__, $error->getTraceAsString());
                $this->assertNull($error->getPrevious());
                $this->assertSame(0, $error->getCode());
            }
        }
        $this->assertSame(
            [Exception\ConfigException::class, Exception\InputException::class, Exception\DecryptException::class, Exception\UnavailableException::class],
            $thrown,
        );
    }

    public function testAGatewaysRefusalCarriesAllFacts(): void
    {
        $sandbox = new Sandbox();
        $client = new Client('shanyan', $sandbox->options('shanyan'));
        $params = $sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber');
        $client->fetchNumber($params);
        try {
            $client->fetchNumber($params);
            $this->fail('expected an exception');
        } catch (Exception\TokenException $error) {
            $this->assertSame(['token', 'new_token', 'shanyan', '403000'], [$error->kind, $error->retry, $error->provider, $error->vendorCode]);
            $this->assertSame($params['randoms'], $error->requestId);
            $this->assertStringContainsString('重复请求', $error->getMessage());
            $this->assertStringContainsString(' / ', $error->hint);
        }
    }

    public function testAnUnreachableGatewayLeavesTheTokenGood(): void
    {
        $sandbox = new Sandbox();
        $options = ['base_url' => 'http://127.0.0.1:1'] + $sandbox->options('shanyan');
        $params = $sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber');
        try {
            (new Client('shanyan', $options))->fetchNumber($params);
            $this->fail('expected an exception');
        } catch (Exception\TransportException $error) {
            $this->assertSame(['connect', false, 'same_token', 'no'], [$error->phase, $error->timeout, $error->retry, $error->charge]);
        }
        $this->assertSame([], $sandbox->ledger());
    }

    public function testALostReplyMaySpendTheToken(): void
    {
        $sandbox = new Sandbox();
        $client = new Client('shanyan', ['timeout_ms' => 300] + $sandbox->options('shanyan'));
        $sandbox->failNext('fault:stall=3000');
        try {
            $client->fetchNumber($sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber'));
            $this->fail('expected an exception');
        } catch (Exception\TransportException $error) {
            $this->assertSame(['receive', true, 'new_token', 'unknown'], [$error->phase, $error->timeout, $error->retry, $error->charge]);
        }
    }

    public function testNoKeyTokenOrNumberIsInATraceOrADump(): void
    {
        $secrets = ['s3cretKey', 'tok-3f9a', '13812345678', '110101199001011237'];
        $calls = [
            static fn () => new Client('shanyan', ['app_id' => 's3cretKey', 'app_key' => 's3cretKey', 'nonsense' => 's3cretKey']),
            static fn () => self::client()->fetchNumber(['token' => 'tok-3f9a', 'mobile' => '13812345678']),
            static fn () => self::client()->fetchNumber('tok-3f9a'),
            static fn () => self::client()->verifyNumber(['token' => 'tok-3f9a'], '13812345678'),
            static fn () => self::client()->prepareVerifyNumber(['accessCode' => 'tok-3f9a'], '13812345678'),
            static fn () => self::client()->verifyIdentity('13812345678', '张三', '110101199001011237'),
            static fn () => self::client()->prepareVerifyIdentity('13812345678', '张三', '110101199001011237'),
            static fn () => self::client()->decryptNumber('tok-3f9a'),
            static fn () => self::client()->read('fetchNumber', 200, 'tok-3f9a 13812345678'),
            static fn () => self::client()->signature('nothing', ['token' => 'tok-3f9a']),
        ];
        foreach ($calls as $at => $call) {
            try {
                $call();
                $this->fail("expected an exception of call {$at}");
            } catch (QuhaoException $error) {
                // The outermost of our frames; those below are this test's own.
                $shown = $error->getMessage() . $error->hint . print_r($error->getTrace()[0], true);
                foreach ($secrets as $secret) {
                    $this->assertStringNotContainsString($secret, $shown);
                }
                $this->assertStringContainsString('SensitiveParameterValue', $shown);
            }
        }
    }

    private static function client(): Client
    {
        return new Client('shanyan', ['app_id' => 'Qh7kT2vX', 'app_key' => 's3cretKey']);
    }

    public function testExceptionsSurviveSerialisation(): void
    {
        $copy = Child::answer(<<<'PHP'
            $copy = unserialize(serialize(new Quhao\Exception\QuotaException('no balance')));
            echo json_encode([get_class($copy), $copy->kind, $copy->getMessage(), $copy->getLine()]);
            PHP);
        $this->assertSame([Exception\QuotaException::class, 'quota', 'no balance', 1], $copy);
    }
}
