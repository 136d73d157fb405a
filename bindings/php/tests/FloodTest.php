<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Client;
use Quhao\Exception\TransportException;
use Quhao\Sandbox;

/** A gateway that sends 1xx replies without end: each restarts the wait for a reply, and none moves the deadline. */
final class FloodTest extends TestCase
{
    private const TIMEOUT_MS = 1000;

    /** Prints its port, reads one request, and sends 1xx replies until the client is gone, ten seconds at most. */
    private const GATEWAY = <<<'PHP'
        [$pause, $ends] = [(int) $argv[1], microtime(true) + 10];
        $listener = stream_socket_server('tcp://127.0.0.1:0');
        echo substr(strrchr(stream_socket_get_name($listener, false), ':'), 1), "\n";
        $client = stream_socket_accept($listener, 10);
        fread($client, 65536);
        while (microtime(true) < $ends && @fwrite($client, "HTTP/1.1 102 Processing\r\n\r\n") !== false) {
            usleep($pause);
        }
        PHP;

    /** @dataProvider pauses */
    public function testACallEndsAtItsDeadline(int $pause): void
    {
        $sandbox = new Sandbox();
        // A busy machine may be late once; a deadline that does not hold is late always.
        for ($try = 1; ($took = $this->took($sandbox, $pause)) > self::TIMEOUT_MS * 1.1; $try++) {
            $this->assertLessThan(3, $try, "{$took} ms, and later than the deadline each time");
        }
        $this->assertGreaterThanOrEqual(self::TIMEOUT_MS * 0.9, $took);
    }

    public function pauses(): array
    {
        return ['as fast as the client reads' => [0], 'every 20 ms' => [20_000]];
    }

    /** The milliseconds that a call of this gateway takes. */
    private function took(Sandbox $sandbox, int $pause): float
    {
        $gateway = proc_open(Child::php('-r', self::GATEWAY, '--', (string) $pause), [1 => ['pipe', 'w']], $pipes);
        $options = ['base_url' => 'http://127.0.0.1:' . trim(fgets($pipes[1])), 'timeout_ms' => self::TIMEOUT_MS];
        $client = new Client('shanyan', $options + $sandbox->options('shanyan'));
        $params = $sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber');
        $begun = hrtime(true);
        try {
            $client->fetchNumber($params);
            $this->fail('expected an exception');
        } catch (TransportException $error) {
            $took = (hrtime(true) - $begun) / 1e6;
            $this->assertSame(['receive', true, 'new_token', 'unknown'], [$error->phase, $error->timeout, $error->retry, $error->charge]);
            return $took;
        } finally {
            proc_terminate($gateway, SIGKILL);
            proc_close($gateway);
        }
    }
}
