<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;

/** What the extension is to the process that loads it. */
final class ModuleTest extends TestCase
{
    private const PROCESS = 'fn () => [count(glob("/proc/self/task/*")), count(glob("/proc/self/fd/*"))]';

    public function testLoadingPreparingAndReadingStartNothing(): void
    {
        [$exit, $bare] = Child::run([PHP_BINARY, '-n'], '<?php echo json_encode((' . self::PROCESS . ')());');
        $this->assertSame(0, $exit);
        $loaded = Child::answer('$now = ' . self::PROCESS . <<<'PHP'
            ;
            $seen = [$now()];
            $client = new Quhao\Client('shanyan', ['app_id' => 'Qh7kT2vX', 'app_key' => 'k9Tz3mWq']);
            $seen[] = $now();
            foreach ([fn () => $client->prepareFetchNumber([]), fn () => $client->read('fetchNumber', 200, '{}'), fn () => $client->fetchNumber([])] as $call) {
                try {
                    $call();
                } catch (Quhao\Exception\QuhaoException) {
                    $seen[] = $now();
                }
            }
            Quhao\explain('403000');
            $seen[] = $now();
            echo json_encode($seen);
            PHP);
        [$threads, $descriptors] = json_decode($bare, true);
        foreach (array_slice($loaded, 0, 4) as $at => $seen) {
            $this->assertSame([$threads, $descriptors], $seen, "after step {$at}");
        }
    }

    public function testPhpinfoShowsVersionProvidersPoolAndIni(): void
    {
        $code = 'ob_start(); phpinfo(INFO_MODULES); $before = ob_get_clean();'
            . '$sandbox = new Quhao\Sandbox(); $client = new Quhao\Client("shanyan", $sandbox->options("shanyan"));'
            . '$client->fetchNumber($sandbox->phone("13800138000", "cmcc")->params("shanyan", "fetchNumber"));'
            . 'ob_start(); phpinfo(INFO_MODULES); $after = ob_get_clean();'
            . 'if (($pid = pcntl_fork()) === 0) { ob_start(); phpinfo(INFO_MODULES); file_put_contents("php://stdout", "");'
            . ' $forked = ob_get_clean(); file_put_contents($argv[1], $forked); exit; } pcntl_waitpid($pid, $status);'
            . 'echo json_encode([$before, $after, file_get_contents($argv[1]), getmypid(), phpversion("quhao")]);';
        $file = tempnam(sys_get_temp_dir(), 'quhao');
        [$before, $after, $forked, $pid, $version] = Child::answer($code, '-d', 'quhao.timeout_ms=700', '--', $file);
        unlink($file);
        $ids = implode(', ', array_column(\Quhao\providers(), 'id'));
        foreach ([$before, $after, $forked] as $info) {
            $this->assertStringContainsString("quhao => 取号\nversion => {$version}\nproviders => {$ids}\n", $info);
            $this->assertStringContainsString('quhao.timeout_ms => 700 => 700', $info);
        }
        $this->assertSame(self::cargoVersion(), $version);
        $this->assertStringContainsString('connection pool => not started: no call yet', $before);
        $this->assertStringContainsString("connection pool => running in this process, {$pid}", $after);
        $this->assertStringContainsString("connection pool => not started in this process; that of {$pid} is not used", $forked);
    }

    public function testTheIniEntryStandsInForTheOptionOnly(): void
    {
        $answers = Child::answer(<<<'PHP'
            $sandbox = new Quhao\Sandbox();
            $ask = function (array $more) use ($sandbox): array {
                $client = new Quhao\Client('shanyan', $more + $sandbox->options('shanyan'));
                $sandbox->failNext('fault:stall=900');
                try {
                    $client->fetchNumber($sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber'));
                    return ['in time'];
                } catch (Quhao\Exception\TransportException $error) {
                    return [$error->phase, $error->timeout, $error->getMessage()];
                }
            };
            $answers = [ini_get('quhao.timeout_ms')];
            ini_set('quhao.timeout_ms', '250');
            $answers[] = $ask([]);
            $answers[] = $ask(['timeout_ms' => 3000]);
            $answers[] = $ask(['timeout_ms' => null]);
            ini_set('quhao.timeout_ms', 'soon');
            try {
                $ask([]);
            } catch (Quhao\Exception\ConfigException $error) {
                $answers[] = $error->getMessage();
            }
            echo json_encode($answers);
            PHP);
        $late = ['receive', true, 'no complete reply within 250 ms'];
        $this->assertSame(['5000', $late, ['in time'], $late], array_slice($answers, 0, 4));
        $this->assertStringContainsString('option timeout_ms: expected milliseconds', $answers[4]);
    }

    public function testSignalsAndTimeLimitsReachTheScriptAndBreakNoCall(): void
    {
        $answer = Child::answer(<<<'PHP'
            set_time_limit(1);
            $sandbox = new Quhao\Sandbox();
            $client = new Quhao\Client('shanyan', $sandbox->options('shanyan'));
            $mint = fn () => $sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber');
            $client->fetchNumber($mint());
            $alarms = 0;
            pcntl_async_signals(true);
            pcntl_signal(SIGALRM, function () use (&$alarms) { $alarms++; });
            pcntl_alarm(1);
            $sandbox->failNext('fault:stall=1500');
            $number = $client->fetchNumber($mint())->number;
            // Signals meet calls.
            for ($i = 0; $i < 200; $i++) {
                posix_kill(getmypid(), SIGALRM);
                $client->fetchNumber($mint());
            }
            $masks = [];
            foreach (glob('/proc/self/task/*/status') as $status) {
                preg_match('/^SigBlk:\s*([0-9a-f]+)/m', file_get_contents($status), $mask);
                $masks[basename(dirname($status))] = $mask[1];
            }
            echo json_encode([$number, $alarms, $masks[getmypid()], array_diff_key($masks, [getmypid() => 0])]);
            PHP, '-d', 'extension=posix');
        [$number, $alarms, $own, $others] = $answer;
        $this->assertSame(['13800138000', 201], [$number, $alarms]);
        $this->assertSame(str_repeat('0', 16), $own);
        $this->assertNotEmpty($others);
        foreach ($others as $mask) {
            $this->assertTrue(self::takesNoSignals($mask), $mask);
        }
    }

    /** pcntl's handler would race with the script there. */
    public function testNorDoesAThreadThatLooksANameUpTakeSignals(): void
    {
        $sandbox = new \Quhao\Sandbox();
        $options = var_export(['base_url' => 'http://localhost:1'] + $sandbox->options('shanyan'), true);
        $params = var_export($sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber'), true);
        $code = "\$client = new Quhao\\Client('shanyan', {$options});
            for (\$ends = microtime(true) + 10; microtime(true) < \$ends;) {
                try { \$client->fetchNumber({$params}); } catch (Quhao\\Exception\\TransportException) { }
            }";
        $looking = proc_open(Child::php('-r', $code), [], $pipes);
        $process = proc_get_status($looking)['pid'];
        // Such a thread lives for a moment, at whose ends the C library has signals masked or not as it sees fit.
        for ($seen = [], $ends = microtime(true) + 9; count($seen) < 100 && microtime(true) < $ends;) {
            foreach (glob("/proc/{$process}/task/*") as $thread) {
                $status = (string) @file_get_contents("{$thread}/status");
                if (preg_match('/^Name:\s*quhao-dns$.*^SigBlk:\s*([0-9a-f]+)$/ms', $status, $mask)) {
                    $seen[] = self::takesNoSignals($mask[1]);
                }
            }
        }
        proc_terminate($looking, SIGKILL);
        proc_close($looking);
        $this->assertNotEmpty($seen);
        $this->assertGreaterThan(count($seen) / 2, count(array_filter($seen)));
    }

    private static function takesNoSignals(string $mask): bool
    {
        $bits = strrev(sprintf('%032b', hexdec(substr($mask, 8))));
        $signals = [SIGALRM, SIGCHLD, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];
        return array_filter($signals, static fn (int $signal): bool => $bits[$signal - 1] !== '1') === [];
    }

    public function testASignalThatEndsTheProcessEndsItInTheMiddleOfACall(): void
    {
        [$signal, $took] = Child::answer(<<<'PHP'
            $sandbox = new Quhao\Sandbox();
            $client = new Quhao\Client('shanyan', $sandbox->options('shanyan'));
            $params = $sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber');
            $sandbox->failNext('fault:stall=4000');
            $child = pcntl_fork();
            if ($child === 0) {
                $client->fetchNumber($params);
                posix_kill(getmypid(), SIGKILL);
            }
            while ($sandbox->ledger() === []) {
                usleep(10_000);
            }
            $begun = hrtime(true);
            posix_kill($child, SIGTERM);
            pcntl_waitpid($child, $status);
            echo json_encode([pcntl_wifsignaled($status) ? pcntl_wtermsig($status) : -1, (hrtime(true) - $begun) / 1e9]);
            PHP, '-d', 'extension=posix');
        $this->assertSame(SIGTERM, $signal);
        $this->assertLessThan(1.0, $took);
    }

    public function testAProcessWithAnIoThreadExitsCleanly(): void
    {
        $code = '$sandbox = new Quhao\Sandbox(); $client = new Quhao\Client("shanyan", $sandbox->options("shanyan"));'
            . '$params = fn () => $sandbox->phone("13800138000", "cmcc")->params("shanyan", "fetchNumber");'
            . 'echo json_encode($client->fetchNumber($params())->number);';
        $endings = ['', 'exit;', 'register_shutdown_function(fn () => $client->fetchNumber($params()));', '$client->self = null;'];
        foreach ($endings as $ending) {
            for ($i = 0; $i < 5; $i++) {
                $code_ = str_contains($ending, 'self') ? 'error_reporting(E_ALL & ~E_DEPRECATED);' . $code . $ending : $code . $ending;
                $this->assertSame('13800138000', Child::answer($code_));
            }
        }
    }

    public function testTheLibraryStaysMappedForItsThread(): void
    {
        [$exit, $flags] = Child::run(['readelf', '-d', Child::extension()], '');
        $this->assertSame(0, $exit);
        $this->assertStringContainsString('NODELETE', $flags);
    }

    public function testMemoryOfAnswersIsGivenBack(): void
    {
        $grown = Child::answer(<<<'PHP'
            $sandbox = new Quhao\Sandbox();
            $client = new Quhao\Client('shanyan', $sandbox->options('shanyan'));
            $params = $sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber');
            $round = function () use ($client, $params): void {
                $call = $client->prepareFetchNumber($params);
                print_r($call, true);
                foreach (['', '{"code":"403101","message":"x"}', '{"code":"200000"}'] as $body) {
                    try {
                        $call->read(200, $body);
                    } catch (Quhao\Exception\QuhaoException $error) {
                        get_object_vars($error);
                    }
                }
                try {
                    $client->fetchNumber(["\xff" => [1]]);
                } catch (Quhao\Exception\QuhaoException) {
                }
                try {
                    $client->verifyNumber([], []);
                } catch (TypeError) {
                }
                $client->inspect('fetchNumber', $params);
                Quhao\explain('403000');
            };
            for ($i = 0; $i < 50; $i++) {
                $round();
            }
            gc_collect_cycles();
            $before = memory_get_usage();
            for ($i = 0; $i < 500; $i++) {
                $round();
            }
            gc_collect_cycles();
            echo json_encode(memory_get_usage() - $before);
            PHP);
        $this->assertLessThan(4096, $grown);
    }

    private static function cargoVersion(): string
    {
        preg_match('/^version = "(.+)"$/m', file_get_contents(__DIR__ . '/../../../Cargo.toml'), $found);
        return $found[1];
    }
}
