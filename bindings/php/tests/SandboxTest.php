<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Client;
use Quhao\Exception;
use Quhao\Exception\ConfigException;
use Quhao\FetchedNumber;
use Quhao\Sandbox;
use Quhao\Verdict;

/** A login without a phone, for every app of every provider. */
final class SandboxTest extends TestCase
{
    private const NUMBER = '13800138000', NAME = '张三', ID_CARD = '11010519491231002X';

    /** @dataProvider subjects */
    public function testEveryOperationOfEveryAppSucceeds(string $app, string $provider, string $operation): void
    {
        $sandbox = new Sandbox();
        $sandbox->addPerson(self::NUMBER, self::NAME, self::ID_CARD);
        $answer = self::ask(new Client($provider, $sandbox->options($app)), $sandbox, $app, $operation);
        if ($answer instanceof FetchedNumber) {
            $this->assertSame(self::NUMBER, $answer->number);
        } else {
            $this->assertSame([Verdict::MATCH, true], [$answer->verdict, $answer->matches]);
        }
        $this->assertSame($provider, $answer->provider);
        [$entry] = $sandbox->ledger();
        $this->assertSame([true, $app, false], [$entry['accepted'], $entry['app'], $entry['token_seen_before']]);
    }

    /** @dataProvider subjects */
    public function testEveryOperationOfEveryAppFailsAsAnExceptionWithAllFacts(string $app, string $provider, string $operation): void
    {
        $sandbox = new Sandbox();
        $client = new Client($provider, ['timeout_ms' => 400] + $sandbox->options($app));
        $faults = [
            'fault:reset' => Exception\TransportException::class, 'fault:stall=3000' => Exception\TransportException::class,
            'fault:html-502' => Exception\UnavailableException::class, 'fault:garbage' => Exception\ProtocolException::class,
            'fault:redirect' => Exception\ProtocolException::class, 'fault:truncated' => Exception\QuhaoException::class,
        ];
        foreach ($faults as $fault => $class) {
            $sandbox->failNext($fault);
            try {
                self::ask($client, $sandbox, $app, $operation);
                $this->fail("expected {$class} for {$fault}");
            } catch (Exception\QuhaoException $error) {
                $this->assertInstanceOf($class, $error, $fault);
                $this->assertSame([$provider, 'new_token', 'unknown'], [$error->provider, $error->retry, $error->charge], $fault);
                $this->assertNotSame('', $error->hint);
            }
        }
        $this->assertCount(count($faults), $sandbox->ledger(), 'nothing is sent twice');
    }

    public function subjects(): iterable
    {
        $asked = [];
        foreach ((new Sandbox())->apps() as ['name' => $app, 'provider' => $provider, 'operations' => $operations]) {
            foreach ($operations as $operation) {
                $asked[$provider][$operation] = true;
                yield "{$app} {$operation}" => [$app, $provider, $operation];
            }
        }
        foreach (\Quhao\providers() as ['id' => $provider, 'operations' => $operations]) {
            $this->assertEqualsCanonicalizing($operations, array_keys($asked[$provider]));
        }
    }

    public function testOneClientServesSeveralApps(): void
    {
        $sandbox = new Sandbox();
        $names = ['shanyan', 'shanyan-rsa1024', 'shanyan-rsa2048'];
        $common = ['base_url' => $sandbox->url];
        $apps = array_map(static fn (string $name): array => array_diff_key($sandbox->options($name), $common), $names);
        $client = new Client('shanyan', ['apps' => $apps, 'timeout_ms' => 3000] + $common);
        $phone = $sandbox->phone(self::NUMBER, 'cmcc');
        foreach ($names as $at => $name) {
            $this->assertSame(self::NUMBER, $client->fetchNumber($phone->params($name, 'fetchNumber'))->number);
            $one = $client->app($apps[$at]['app_id']);
            $this->assertSame(['shanyan', self::NUMBER], [$one->provider, $one->fetchNumber($phone->params($name, 'fetchNumber'))->number]);
        }
        $this->assertSame(array_merge(...array_map(null, $names, $names)), array_column($sandbox->ledger(), 'app'));
        foreach ([['apps' => 'x'], ['apps' => ['x']], ['apps' => []], ['apps' => [['app_id' => 'x']]]] as $wrong) {
            try {
                new Client('shanyan', $wrong);
                $this->fail('expected an exception');
            } catch (ConfigException $error) {
                $this->assertNotSame('', $error->getMessage());
            }
        }
        $this->expectException(Exception\InputException::class);
        $client->app('nobody');
    }

    public function testATokenExpiresByTheClockThatTestsMove(): void
    {
        $sandbox = new Sandbox();
        $client = new Client('cmcc', $sandbox->options('cmcc'));
        $params = $sandbox->phone(self::NUMBER, 'cmcc')->params('cmcc', 'fetchNumber');
        $sandbox->advance(121);
        $this->expectException(Exception\TokenException::class);
        $client->fetchNumber($params);
    }

    public function testACodeIsPlayedAndTheLedgerCleared(): void
    {
        $sandbox = new Sandbox();
        $client = new Client('cmcc', $sandbox->options('cmcc'));
        $sandbox->failNext('103101');
        try {
            $client->fetchNumber($sandbox->phone(self::NUMBER, 'cmcc')->params('cmcc', 'fetchNumber'));
            $this->fail('expected an exception');
        } catch (Exception\CredentialsException $error) {
            $this->assertSame('103101', $error->vendorCode);
            $this->assertContains('credentials', array_column(\Quhao\explain('103101'), 'meaning'));
        }
        $this->assertCount(1, $sandbox->ledger());
        $sandbox->clearLedger();
        $this->assertSame([], $sandbox->ledger());
    }

    public function testAMisuseIsConfig(): void
    {
        $sandbox = new Sandbox();
        $misuses = [
            static fn () => $sandbox->options('nobody'), static fn () => $sandbox->phone('1380013800', 'cmcc'),
            static fn () => $sandbox->phone(self::NUMBER, 'vodafone'), static fn () => $sandbox->failNext('fault:nothing'),
            static fn () => $sandbox->advance(-1), static fn () => $sandbox->phone(self::NUMBER, 'cmcc')->params('yuxin', 'verifyIdentity'),
        ];
        foreach ($misuses as $at => $misuse) {
            try {
                $misuse();
                $this->fail("expected an exception of {$at}");
            } catch (ConfigException $error) {
                $this->assertSame(__FILE__, $error->getFile());
            }
        }
    }

    public function testItIsGoneWithItsObjectAndPhonesKeepIt(): void
    {
        $sandbox = new Sandbox();
        $phone = $sandbox->phone(self::NUMBER, 'cmcc');
        $options = $sandbox->options('shanyan');
        unset($sandbox);
        $client = new Client('shanyan', $options);
        $this->assertSame(self::NUMBER, $client->fetchNumber($phone->params('shanyan', 'fetchNumber'))->number);
        $params = $phone->params('shanyan', 'fetchNumber');
        unset($phone);
        $this->expectException(Exception\TransportException::class);
        $client->fetchNumber($params);
    }

    /** @dataProvider readmes */
    public function testTheReadmesBlocksRun(string $readme): void
    {
        preg_match_all('/^```php\n(.+?)^```/ms', file_get_contents($readme), $blocks);
        $this->assertNotEmpty($blocks[1], $readme);
        foreach ($blocks[1] as $block) {
            $code = str_starts_with($block, '<?php') ? $block : "<?php\n" . $block;
            [$exit, $output, $errors] = Child::run(Child::php(), $code);
            $this->assertSame([0, ''], [$exit, $errors], $block . $output);
            // What a block says that it prints, it prints.
            preg_match_all('#(?:echo|print).*// (.+)$#m', $block, $said);
            foreach ($said[1] as $line) {
                $this->assertStringContainsString($line, $output);
            }
        }
    }

    public function readmes(): iterable
    {
        $root = dirname(__DIR__, 3);
        foreach (["{$root}/bindings/php/README.md", "{$root}/README.md", "{$root}/README.zh-CN.md"] as $readme) {
            if (str_contains(file_get_contents($readme), "```php\n")) {
                yield substr($readme, strlen($root) + 1) => [$readme];
            }
        }
    }

    private static function ask(Client $client, Sandbox $sandbox, string $app, string $operation): object
    {
        $params = static fn (): array => $sandbox->phone(self::NUMBER, 'cmcc')->params($app, $operation);
        return match ($operation) {
            'fetch_number' => $client->fetchNumber($params()),
            'verify_number' => $client->verifyNumber($params(), self::NUMBER),
            'verify_identity' => $client->verifyIdentity(name: self::NAME, idCard: self::ID_CARD, number: self::NUMBER),
        };
    }
}
