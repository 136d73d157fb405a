<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Client;
use Quhao\Exception\ConfigException;
use Quhao\Exception\InputException;
use Quhao\Exception\QuhaoException;

/** Whatever is passed, the answer is PHP's own error or one of ours: no crash, no warning, nothing sent. */
final class InputTest extends TestCase
{
    private const OPTIONS = ['app_id' => 'Qh7kT2vX', 'app_key' => 'k9Tz3mWq'];

    /** @dataProvider wrongTypes */
    public function testAWrongTypeIsTheEnginesOwnTypeError(string $method, array $arguments, string $message): void
    {
        $this->expectException(\TypeError::class);
        $this->expectExceptionMessage("Quhao\\Client::{$method}(): {$message}");
        self::client()->$method(...$arguments);
    }

    public function wrongTypes(): iterable
    {
        $values = ['int' => 5, 'null' => null, 'bool' => true, 'float' => 1.5, 'stdClass' => (object) ['token' => 't']];
        foreach (['fetchNumber', 'verifyNumber', 'prepareFetchNumber', 'prepareVerifyNumber'] as $method) {
            foreach ($values as $type => $value) {
                $type = $type === 'bool' ? 'bool' : $type;
                yield "{$method} {$type}" => [$method, [$value], "Argument #1 (\$params) must be of type array|string, {$type} given"];
            }
        }
        $values += ['array' => ['t']];
        unset($values['null']);
        foreach ($values as $type => $value) {
            yield "number {$type}" => ['verifyNumber', [['t' => 't'], $value], "Argument #2 (\$number) must be of type string, {$type} given"];
            yield "ciphertext {$type}" => ['decryptNumber', [$value], "Argument #1 (\$ciphertext) must be of type string, {$type} given"];
            yield "name {$type}" => ['verifyIdentity', ['13800138000', $value, 'x'], "Argument #2 (\$name) must be of type string, {$type} given"];
            yield "operation {$type}" => ['inspect', [$value, []], "Argument #1 (\$operation) must be of type string, {$type} given"];
            yield "body {$type}" => ['read', ['fetchNumber', 200, $value], "Argument #3 (\$body) must be of type string, {$type} given"];
        }
        yield 'ciphertext null' => ['decryptNumber', [null], 'Argument #1 ($ciphertext) must be of type string, null given'];
        foreach (['string' => '200', 'null' => null, 'array' => []] as $type => $value) {
            yield "status {$type}" => ['read', ['fetchNumber', $value, ''], "Argument #2 (\$status) must be of type int, {$type} given"];
        }
    }

    public function testArgumentsLeftOutOrTooManyAreTheEnginesOwnError(): void
    {
        $client = self::client();
        $calls = [
            static fn () => new Client(), static fn () => new Client('shanyan'), static fn () => new Client('shanyan', [], 1),
            static fn () => $client->fetchNumber(), static fn () => $client->fetchNumber([], 2),
            static fn () => $client->verifyIdentity('13800138000', 'x'), static fn () => \Quhao\explain(),
        ];
        foreach ($calls as $call) {
            $this->assertInstanceOf(\ArgumentCountError::class, self::thrown($call));
        }
        $unknown = self::thrown(static fn () => $client->verifyIdentity(number: '1', name: 'x', id_card: 'y'));
        $this->assertSame('Unknown named parameter $id_card', $unknown->getMessage());
        $this->assertInstanceOf(\TypeError::class, self::thrown(static fn () => new Client(null, [])));
        $this->assertInstanceOf(\TypeError::class, self::thrown(static fn () => new Client('shanyan', null)));
        $this->assertInstanceOf(\TypeError::class, self::thrown(static fn () => new Client('shanyan', 'app_id')));
    }

    public function testWithoutStrictTypesScalarsAreCoercedAsTheEngineDoes(): void
    {
        $answer = Child::answer(<<<'PHP'
            $client = new Quhao\Client('shanyan', ['app_id' => 'Qh7kT2vX', 'app_key' => 'k9Tz3mWq']);
            $texts = [];
            foreach ([13800138000, 1.5, true, new class { function __toString() { return 'AAAA'; } }, null, []] as $value) {
                try {
                    $client->decryptNumber($value);
                } catch (Throwable $error) {
                    $texts[] = get_class($error);
                }
            }
            try {
                $client->read('fetchNumber', '200', '');
            } catch (Throwable $error) {
                $texts[] = get_class($error);
            }
            echo json_encode($texts);
            PHP);
        $decrypt = \Quhao\Exception\DecryptException::class;
        $this->assertSame(
            [$decrypt, $decrypt, $decrypt, $decrypt, \TypeError::class, \TypeError::class, \Quhao\Exception\ProtocolException::class],
            $answer,
        );
    }

    /** @dataProvider paramsThatAreNone */
    public function testParamsThatNoPhoneReturnsAreInput(mixed $params, string $message): void
    {
        foreach (['fetchNumber', 'prepareFetchNumber', 'verifyNumber'] as $method) {
            $error = self::thrown(static fn () => self::client()->$method($params));
            $this->assertInstanceOf(InputException::class, $error);
            $this->assertSame(['input', 'never', 'no'], [$error->kind, $error->retry, $error->charge]);
            $this->assertStringContainsString($message, $error->getMessage());
        }
    }

    public function paramsThatAreNone(): iterable
    {
        yield 'empty map' => [[], 'missing'];
        yield 'empty token' => ['', ''];
        yield 'list' => [['a', 'b'], 'expected an object or a token, got a list'];
        yield 'nested map' => [['data' => ['token' => 't']], 'data: expected text, got an object'];
        yield 'nested list' => [['data' => ['t']], 'data: expected text, got a list'];
        yield 'nested empty array' => [['data' => []], 'data: expected text, got a list'];
        yield 'object' => [['data' => (object) []], 'data: expected text, got an object'];
        yield 'stream' => [['data' => STDIN], 'data: expected text, got an object'];
        yield 'null value' => [['accessToken' => null], 'missing'];
        yield 'invalid UTF-8 value' => [['accessToken' => "\xff\xfe"], 'params: accessToken: expected UTF-8'];
        yield 'invalid UTF-8 token' => ["\xc3\x28", 'params: expected UTF-8'];
        yield 'invalid UTF-8 name' => [["\xff" => 'x'], ''];
        yield 'NUL in a value' => [['accessToken' => "a\0b"], ''];
        yield 'a megabyte' => [['accessToken' => str_repeat('A', 1 << 20)], ''];
        yield 'a megabyte of a name' => [[str_repeat('n', 1 << 20) => 'x'], ''];
        yield 'many fields' => [array_fill_keys(array_map(static fn (int $i): string => "f{$i}", range(1, 10_000)), 'x'), ''];
    }

    public function testScalarsInAMapAreTheirTextAndReferencesAreFollowed(): void
    {
        $params = [
            'appId' => 'Qh7kT2vX', 'accessToken' => 'Z3V4+kgN99qlFyM6aorC7FpbiO7Joy4XZFdL+XwUD/0=', 'telecom' => 'CMCC',
            'timestamp' => 1795322076789, 'randoms' => '1c383cd30b7c298ab50293adfecb7b18', 'version' => '2.2.1',
            'device' => 'ZGV2aWNlPVBpeGVsIDh8RElEPX4/fj8+fA==', 'tradeNo' => null,
        ];
        $telecom = &$params['telecom'];
        $client = self::client()->atMoment(1795322096789, str_repeat('0', 32));
        $params['sign'] = $client->signature('fetchNumber', $params)['value'];
        $map = &$params;
        $form = Vectors::form($client->prepareFetchNumber($map)->body);
        $this->assertSame(['1795322076789', 'CMCC'], [$form['timestamp'], $form['telecom']]);
        $this->assertArrayNotHasKey('tradeNo', $form);
        // What was passed is as it was.
        $this->assertSame([1795322076789, null, 'CMCC'], [$params['timestamp'], $params['tradeNo'], $telecom]);
        $inspected = $client->inspect('fetch_number', ['timestamp' => 1795322076789.0, 'accessToken' => true, 'randoms' => -7]);
        $this->assertSame(['1795322076789', 'true', '-7'], [
            $inspected['params']['timestamp'], $inspected['params']['accessToken'], $inspected['params']['randoms'],
        ]);
    }

    public function testAMapMayHaveNumbersForNamesAndPlacesLeftEmpty(): void
    {
        $read = static fn (array $params): array => self::client()->inspect('fetchNumber', $params)['params'];
        $list = ['a', 'b', 'c', 'd'];
        unset($list[0], $list[2]);
        $this->assertSame([1 => 'b', 3 => 'd'], $read($list));
        $map = ['x' => 'a', 'y' => 'b', 'z' => 'c', -7 => 'd', '01' => 'e', '' => 'f', '号' => 'g'];
        unset($map['x'], $map['z']);
        ksort($map, SORT_STRING);
        $this->assertSame($map, $read($map));
        unset($list[1], $list[3]);
        $this->assertSame([], $read($list));
        $list = ['a', 'b', 'c'];
        unset($list[2]);
        $this->assertStringContainsString('got a list', self::thrown(static fn () => $read($list))->getMessage());
    }

    /** @dataProvider wrongOptions */
    public function testAWrongOptionIsConfigAndNamesIt(array $options, string $message): void
    {
        $error = self::thrown(static fn () => new Client('shanyan', $options));
        $this->assertInstanceOf(ConfigException::class, $error);
        $this->assertStringContainsString($message, $error->getMessage());
        $this->assertSame('no', $error->charge);
    }

    public function wrongOptions(): iterable
    {
        yield 'none' => [[], 'option app_id: it is required'];
        yield 'one missing' => [['app_id' => 'x'], 'option app_key: it is required'];
        yield 'null' => [['app_key' => null] + self::OPTIONS, 'option app_key: it is required'];
        yield 'camelCase' => [['appId' => 'x'] + self::OPTIONS, 'did you mean app_id?'];
        yield 'list' => [['x', 'y'], 'unknown option 0'];
        yield 'array' => [['app_key' => ['x']] + self::OPTIONS, 'option app_key: expected text, a number or a switch, got array'];
        yield 'float' => [['timeout_ms' => 1.5] + self::OPTIONS, 'option timeout_ms: expected milliseconds'];
        yield 'object' => [['app_key' => new \ArrayObject()] + self::OPTIONS, 'got ArrayObject'];
        yield 'switch' => [['timeout_ms' => false] + self::OPTIONS, 'option timeout_ms: expected milliseconds'];
        yield 'negative' => [['timeout_ms' => -1] + self::OPTIONS, 'option timeout_ms: expected milliseconds'];
        yield 'zero' => [['timeout_ms' => 0] + self::OPTIONS, 'option timeout_ms: expected milliseconds'];
        yield 'invalid UTF-8' => [['app_key' => "\xff12345678"] + self::OPTIONS, 'option app_key: expected UTF-8'];
        yield 'invalid UTF-8 name' => [["\xff" => 'x'] + self::OPTIONS, 'unknown option'];
        yield 'a megabyte' => [['app_key' => str_repeat('k ', 1 << 19)] + self::OPTIONS, 'option app_key: it has blanks'];
        yield 'a key of a megabyte' => [['private_key' => str_repeat('k', 1 << 20)] + self::OPTIONS, 'option private_key'];
    }

    public function testAnUnknownProviderIsConfig(): void
    {
        foreach (['', 'shanyan2', "\xff", str_repeat('x', 1 << 20), "shanyan\0"] as $provider) {
            $error = self::thrown(static fn () => new Client($provider, self::OPTIONS));
            $this->assertInstanceOf(ConfigException::class, $error);
            $this->assertLessThan(200, strlen($error->getMessage()));
        }
    }

    public function testTextsOfAPersonAreInputToo(): void
    {
        $options = [
            'base_url' => 'https://example.com', 'token' => 't', 'key' => '0123456789abcdef', 'cipher' => 'aes-128-cbc',
        ];
        $client = new Client('yuxin', $options);
        $good = ['number' => '13800138000', 'name' => '张三', 'idCard' => '11010519491231002X'];
        $this->assertSame('POST', $client->prepareVerifyIdentity(...$good)->method);
        foreach (['', "\xff", str_repeat('9', 1 << 20), "13800138000\0", ' '] as $bad) {
            foreach (array_keys($good) as $field) {
                $error = self::thrown(static fn () => $client->prepareVerifyIdentity(...[$field => $bad] + $good));
                $this->assertInstanceOf(InputException::class, $error, "{$field} " . substr($bad, 0, 9));
            }
        }
    }

    public function testAReplyMayBeAnyBytes(): void
    {
        $bodies = ['', "\0", "\xff\xfe", '{', '[]', 'null', str_repeat('[', 100_000), str_repeat('x', 1 << 20), '{"code":200000}'];
        foreach ($bodies as $body) {
            foreach ([200, 0, -1, 99, 500, 70_000, PHP_INT_MAX, PHP_INT_MIN] as $status) {
                $error = self::thrown(static fn () => self::client()->read('fetchNumber', $status, $body));
                $this->assertInstanceOf(QuhaoException::class, $error);
            }
        }
    }

    public function testAnOperationThatIsNoneIsRefused(): void
    {
        foreach (['', 'fetch', 'FETCH_NUMBER!', "\xff", 'decryptNumber'] as $operation) {
            $error = self::thrown(static fn () => self::client()->inspect($operation, []));
            $this->assertContains($error->kind, ['config', 'input']);
            $this->assertStringContainsString('operation', $error->getMessage());
        }
        $error = self::thrown(static fn () => self::client()->verifyIdentity('13800138000', '张三', '11010519491231002X'));
        $this->assertSame('shanyan has no verify_identity; it has fetch_number, verify_number', $error->getMessage());
    }

    public function testASubclassThatForgetsItsParentsConstructorIsAnErrorAndNoCrash(): void
    {
        $client = new class extends Client {
            public function __construct() {}
        };
        $this->assertInstanceOf(\Throwable::class, self::thrown(static fn () => $client->fetchNumber(['token' => 't'])));
        $double = $this->createMock(Client::class);
        $double->method('decryptNumber')->willReturn('13800138000');
        $this->assertSame('13800138000', $double->decryptNumber('x'));
    }

    public function testAConstructorThatIsCalledAgainChangesNothing(): void
    {
        $client = self::client();
        $again = static fn () => $client->__construct('cmcc', ['app_id' => '300011880481', 'app_secret' => 'x']);
        $this->assertStringContainsString('Cannot modify readonly property', self::thrown($again)->getMessage());
        // Not even by an argument that is asked for its text while the method runs.
        $argument = new class ($again) implements \Stringable {
            public function __construct(private readonly \Closure $again) {}

            public function __toString(): string
            {
                try {
                    ($this->again)();
                } catch (\Error) {
                }
                return str_repeat('A', 16);
            }
        };
        $error = self::thrown(static fn () => (new \ReflectionMethod($client, 'decryptNumber'))->invoke($client, $argument));
        $this->assertSame(['decrypt', 'shanyan', 'shanyan'], [$error->kind, $error->provider, $client->provider]);
        $throws = new class implements \Stringable {
            public function __toString(): string
            {
                throw new \LogicException('no text');
            }
        };
        $error = self::thrown(static fn () => (new \ReflectionMethod($client, 'decryptNumber'))->invoke($client, $throws));
        $this->assertSame('no text', $error->getMessage());
    }

    private static function client(): Client
    {
        return new Client('shanyan', self::OPTIONS);
    }

    private static function thrown(callable $call): \Throwable
    {
        try {
            $call();
        } catch (\Throwable $error) {
            return $error;
        }
        self::fail('expected an error');
    }
}
