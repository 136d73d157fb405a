<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Client;
use Quhao\Sandbox;

/** Where the operating system refuses a thread, a call ends in an exception like any other. */
final class ThreadsTest extends TestCase
{
    public function testACallThatIsRefusedAThreadIsAnErrorAndSpendsNothing(): void
    {
        $sandbox = new Sandbox();
        $options = $sandbox->options('shanyan');
        $params = $sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber');
        // A name is resolved on a thread; an address needs none.
        $named = ['base_url' => str_replace('127.0.0.1', 'localhost', $options['base_url'])] + $options;
        $told = Child::answer(strtr(<<<'PHP'
            $client = new Quhao\Client('shanyan', OPTIONS);
            preg_match('/VmSize:\s*(\d+) kB/', file_get_contents('/proc/self/status'), $mapped);
            // There is room, but not for another thread's stack.
            exec('prlimit --pid ' . getmypid() . ' --as=' . ($mapped[1] + 1536) * 1024 . ':');
            try {
                $client->fetchNumber(PARAMS);
            } catch (Quhao\Exception\TransportException $error) {
                echo json_encode([$error->phase, $error->retry, $error->charge, $error->getMessage()]);
            }
            PHP, ['OPTIONS' => var_export($named, true), 'PARAMS' => var_export($params, true)]));
        $message = array_pop($told);
        $this->assertSame(['connect', 'same_token', 'no'], $told);
        $this->assertStringContainsString('connect failed: ', $message);
        $this->assertSame('13800138000', (new Client('shanyan', $options))->fetchNumber($params)->number);
        $this->assertCount(1, $sandbox->ledger());
    }
}
