<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Sandbox;

/** The login route of examples/php on a real FPM, against the sandbox. */
final class ExampleTest extends TestCase
{
    private Fpm $fpm;
    private Sandbox $sandbox;

    protected function setUp(): void
    {
        $this->sandbox = new Sandbox();
        $this->fpm = self::start($this->sandbox->options('shanyan'));
    }

    protected function tearDown(): void
    {
        $this->fpm->stop();
    }

    public function testAPhoneLogsInAndItsNumberStaysInside(): void
    {
        [$status, $answer] = $this->login($this->params());
        $this->assertSame([200, '138****8000'], [$status, $answer['number']]);
        $this->assertStringNotContainsString('13800138000', json_encode($answer));
        $this->assertSame($answer['user'], $this->login($this->params())[1]['user']);
    }

    public function testAUsedTokenAsksForANewOne(): void
    {
        $used = $this->params();
        $this->login($used);
        [$status, $answer] = $this->login($used);
        $this->assertSame([409, 'new_token'], [$status, $answer['retry']]);
        $this->assertStringContainsString('login failed: ', $this->fpm->log());
        $this->assertStringNotContainsString('13800138000', $this->fpm->log());
    }

    public function testWrongParamsAreABadRequest(): void
    {
        $this->assertSame(400, $this->login(['accessToken' => 'x'])[0]);
        $this->assertSame(400, $this->login(7)[0]);
    }

    public function testAGatewayOutOfServiceIsABadGateway(): void
    {
        $this->sandbox->failNext('500000');
        [$status, $answer] = $this->login($this->params());
        $this->assertSame([502, 'new_token'], [$status, $answer['retry']]);
    }

    public function testAnUnreachableGatewayLeavesTheTokenGood(): void
    {
        $options = ['base_url' => 'http://127.0.0.1:9', 'connect_timeout_ms' => '500'] + $this->sandbox->options('shanyan');
        $this->fpm->stop();
        $this->fpm = self::start($options);
        [$status, $answer] = $this->login($this->params());
        $this->assertSame([503, 'same_token'], [$status, $answer['retry']]);
    }

    /** @param array<string, string> $options */
    private static function start(array $options): Fpm
    {
        $set = static fn (string $name, string $value): string => 'env[QUHAO_SHANYAN_' . strtoupper($name) . '] = "' . $value . '"';
        return new Fpm(1, array_map($set, array_keys($options), $options));
    }

    /** @return array<string, string> */
    private function params(): array
    {
        return $this->sandbox->phone('13800138000', 'ctcc')->params('shanyan', 'fetchNumber');
    }

    /** @return array{int, mixed} status and body */
    private function login(mixed $params): array
    {
        $request = new FastCgi($this->fpm->socket, dirname(__DIR__, 3) . '/examples/php/public/index.php', json_encode($params));
        $answer = $request->answer();
        return [$request->status(), $answer];
    }
}
