<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Client;
use Quhao\Exception\QuhaoException;
use Quhao\Sandbox;

/** Planted keys, tokens, numbers, names and id cards: nothing that prints, logs or stores an object shows one. */
final class SecretsTest extends TestCase
{
    private const NUMBER = '13800138000', OTHER = '13900139000', NAME = '张三丰', ID_CARD = '11010519491231002X';

    private Sandbox $sandbox;
    /** @var list<string> what may be nowhere */
    private array $secrets = [self::NUMBER, self::OTHER, self::NAME, self::ID_CARD];

    protected function setUp(): void
    {
        $this->sandbox = new Sandbox();
        $this->sandbox->addPerson(self::NUMBER, self::NAME, self::ID_CARD);
    }

    /** @dataProvider apps */
    public function testNoObjectOfAnAppShowsWhatItHolds(string $app, string $provider, array $operations): void
    {
        $options = $this->sandbox->options($app);
        foreach ($options as $name => $value) {
            if (preg_match('/key$|secret$|^token$/', $name)) {
                // A PEM's first line is no secret.
                $this->secrets[] = str_contains($value, "\n") ? explode("\n", $value)[1] : $value;
            }
        }
        $client = new Client($provider, $options);
        $client->onCall(fn (array $event) => $this->assertSilent($event, 'event'));
        foreach ($operations as $operation) {
            $prepare = 'prepare' . str_replace('_', '', ucwords($operation, '_'));
            $call = lcfirst(substr($prepare, 7));
            $this->assertSilent($client->$prepare(...$this->question($app, $operation)), $prepare);
            $this->assertSilent($client->$call(...$this->question($app, $operation)), $call);
            foreach (['fault:reset', 'fault:garbage', 'fault:html-502', 'fault:truncated'] as $fault) {
                $question = $this->question($app, $operation);
                $this->sandbox->failNext($fault);
                $this->assertSilent(self::thrown(static fn () => $client->$call(...$question)), "{$call} {$fault}");
                if ($operation !== 'verify_identity' && $fault === 'fault:reset') {
                    $this->assertSilent(self::thrown(static fn () => $client->$call(...$question)), "{$call} again");
                }
            }
        }
        $this->assertSilent($client, 'client');
        $this->assertSilent($this->sandbox, 'sandbox');
        $this->assertSilent($this->sandbox->phone(self::NUMBER, 'cmcc')->typing(self::OTHER), 'phone');
        $this->assertSilent(\Quhao\counters(), 'counters');
        ob_start();
        phpinfo(INFO_MODULES);
        $this->assertSilent(ob_get_clean(), 'phpinfo');
    }

    public function apps(): iterable
    {
        foreach ((new Sandbox())->apps() as ['name' => $name, 'provider' => $provider, 'operations' => $operations]) {
            yield $name => [$name, $provider, $operations];
        }
    }

    public function testAVerdictsWordsAndFieldsAreMaskedToo(): void
    {
        $reply = json_encode([
            'code' => '200000', 'message' => '号码 13800138000 一致', 'chargeStatus' => 1,
            'data' => ['isVerify' => '1', 'tradeNo' => '1'], 'later' => ['mobile' => self::NUMBER],
        ]);
        $client = new Client('shanyan', $this->sandbox->options('shanyan'));
        $answer = $client->read('verifyNumber', 200, $reply);
        $this->assertSilent($answer, 'verification');
        $this->assertSame(['mobile' => self::NUMBER], $answer->extra['later'], 'in clear where asked for');
        $reply = '{"code":"403101","message":"13800138000 11010519491231002X 校验失败"}';
        $this->assertSilent(self::thrown(static fn () => $client->read('fetchNumber', 200, $reply)), 'exception');
    }

    public function testWrongOptionsAndParamsAreNotToldBack(): void
    {
        $this->secrets[] = $key = 'k9Tz3mWqPlanted';
        $options = ['app_id' => 'Qh7kT2vX', 'app_key' => 'k9Tz3mWq'];
        $client = new Client('shanyan', $options);
        $wrong = [
            static fn () => new Client('shanyan', ['app_key' => "{$key} x"] + $options),
            static fn () => new Client('shanyan', ['private_key' => $key] + $options),
            static fn () => new Client('shanyan', ['app_key' => "{$key}\xff"] + $options),
            static fn () => new Client('shanyan', ['timeout_ms' => $key] + $options),
            static fn () => new Client('shanyan', ['ca_certificate' => "-----BEGIN {$key}"] + $options),
            static fn () => new Client('shanyan', ['proxy' => "http://u:{$key}@["] + $options),
            static fn () => $client->fetchNumber(['accessToken' => "{$key}\xff"]),
            static fn () => $client->fetchNumber([self::NUMBER => "\xff"]),
            static fn () => $client->fetchNumber("{$key}\xff"),
            static fn () => $client->verifyNumber(['accessCode' => $key, 'mobile' => self::NUMBER], self::OTHER),
            static fn () => $client->decryptNumber($key),
            static fn () => $client->read('fetchNumber', 200, $key),
        ];
        foreach ($wrong as $at => $call) {
            $this->assertSilent(self::thrown($call), "call {$at}");
        }
    }

    public function testWhatHoldsKeysIsNeitherStoredNorCopied(): void
    {
        $client = new Client('shanyan', $this->sandbox->options('shanyan'));
        $params = $this->sandbox->phone(self::NUMBER, 'cmcc');
        $held = [
            $client, $client->prepareFetchNumber($params->params('shanyan', 'fetchNumber')),
            $client->fetchNumber($params->params('shanyan', 'fetchNumber')),
            $client->verifyNumber($params->params('shanyan', 'verifyNumber')), $this->sandbox, $params,
        ];
        foreach ($held as $object) {
            $class = get_class($object);
            $copies = [
                static fn () => serialize($object), static fn () => serialize([$object]), static fn () => clone $object,
                static fn () => unserialize(sprintf('O:%d:"%s":0:{}', strlen($class), $class)),
                static fn () => eval('return ' . var_export($object, true) . ';'),
            ];
            foreach ($copies as $at => $copy) {
                try {
                    $copy();
                    $this->fail("expected {$class} not to be copied, way {$at}");
                } catch (\Throwable $refused) {
                    $this->assertNotInstanceOf(\PHPUnit\Framework\Exception::class, $refused);
                    $this->assertSilent($refused->getMessage(), "{$class} {$at}");
                }
            }
        }
    }

    /** @return list<mixed> an operation's arguments, with a fresh token */
    private function question(string $app, string $operation): array
    {
        if ($operation === 'verify_identity') {
            return [self::NUMBER, self::NAME, self::ID_CARD];
        }
        $params = $this->sandbox->phone(self::NUMBER, 'cmcc')->params($app, $operation);
        $this->secrets[] = $params['token'] ?? $params['accessToken'] ?? $params['accessCode'];
        return $operation === 'verify_number' ? [$params, self::NUMBER] : [$params];
    }

    private function assertSilent(mixed $told, string $what): void
    {
        if ($told instanceof QuhaoException) {
            // This test's own frames have what it planted; the outermost is ours.
            $dumps = [$told->getMessage(), json_encode(get_object_vars($told), JSON_THROW_ON_ERROR), print_r($told->getTrace()[0], true)];
        } else {
            ob_start();
            var_dump($told);
            $dumps = [ob_get_clean(), print_r($told, true), var_export($told, true), json_encode($told, JSON_THROW_ON_ERROR)];
            $dumps[] = is_object($told) ? print_r((array) $told, true) : '';
        }
        foreach ($dumps as $dump) {
            foreach ($this->secrets as $secret) {
                foreach ([$secret, urlencode($secret), trim(json_encode($secret), '"')] as $written) {
                    $this->assertStringNotContainsString($written, $dump, $what);
                }
            }
        }
    }

    private static function thrown(callable $call): QuhaoException
    {
        try {
            $call();
        } catch (QuhaoException $error) {
            return $error;
        }
        self::fail('expected an exception');
    }
}
