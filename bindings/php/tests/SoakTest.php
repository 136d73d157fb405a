<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Sandbox;

/** Many logins: a short run of what `cargo xtask soak php` runs in full. */
final class SoakTest extends TestCase
{
    public function testNothingGrowsWithTheLogins(): void
    {
        // The sandbox stays in this process, so that what grows in the other one is the client's.
        $sandbox = new Sandbox();
        $calls = getenv('QUHAO_SOAK_CALLS') ?: '3000';
        $environment = ['env', "QUHAO_SANDBOX_URL={$sandbox->url}", "QUHAO_SOAK_CALLS={$calls}"];
        [$exit, $output, $errors] = Child::run([...$environment, ...Child::php(__DIR__ . '/soak.php')], '', 120);
        $this->assertSame([0, ''], [$exit, $errors], $output);
        $this->assertStringStartsWith("{$calls} logins in ", $output);
    }
}
