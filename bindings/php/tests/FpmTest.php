<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Sandbox;

/** A real FPM: its master loads the extension, its workers are forked from it and live through many requests. */
final class FpmTest extends TestCase
{
    private const WORKERS = 3;

    private string $folder;
    /** @var resource */
    private $master;
    private Sandbox $sandbox;

    protected function setUp(): void
    {
        $this->sandbox = new Sandbox();
        $this->folder = sys_get_temp_dir() . '/quhao-fpm-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        file_put_contents($this->folder . '/fpm.conf', implode("\n", [
            '[global]', 'daemonize = no', "error_log = {$this->folder}/log", 'process_control_timeout = 5s',
            '[www]', "listen = {$this->folder}/socket", 'pm = static', 'pm.max_children = ' . self::WORKERS,
            ...(posix_geteuid() === 0 ? ['user = root', 'group = root'] : []), '',
        ]));
        $fpm = self::fpm();
        $command = [
            $fpm, '-n', '-F', '-R', '-y', $this->folder . '/fpm.conf',
            '-d', 'zend_extension=opcache', '-d', 'opcache.enable=1', '-d', 'extension=' . Child::extension(),
            '-d', 'display_errors=1', '-d', 'error_reporting=-1',
        ];
        $this->master = proc_open($command, [['file', '/dev/null', 'r'], ['file', $this->folder . '/out', 'w'], ['redirect', 1]], $none);
        for ($tries = 0; $tries < 200 && !file_exists($this->folder . '/socket'); $tries++) {
            usleep(50_000);
        }
        $this->assertFileExists($this->folder . '/socket', $this->log());
    }

    protected function tearDown(): void
    {
        if (proc_get_status($this->master)['running']) {
            proc_terminate($this->master, SIGTERM);
        }
        proc_close($this->master);
        array_map('unlink', glob($this->folder . '/*'));
        rmdir($this->folder);
    }

    public function testEveryWorkerKeepsOneConnectionAndEveryAnswerBelongsToItsAsker(): void
    {
        $connections = [];
        for ($round = 0; $round < 20; $round++) {
            $asked = [];
            for ($asker = 0; $asker < 6; $asker++) {
                $number = sprintf('138%04d%04d', $round, $asker);
                $asked[$number] = $this->login($number);
            }
            foreach ($asked as $number => $request) {
                $answer = $request->answer();
                $this->assertSame((string) $number, $answer['number'] ?? $answer);
                $this->assertTrue($answer['opcache']);
                $this->assertSame(2, $answer['threads'], 'the script and the I/O thread');
                $connections[$answer['pid']][] = $answer['connections'];
            }
        }
        $this->assertCount(self::WORKERS, $connections, 'every worker has been asked');
        $seen = [];
        foreach ($connections as $pid => $lists) {
            foreach ($lists as $list) {
                $this->assertSame($lists[0], $list, "worker {$pid} keeps its connection from request to request");
            }
            $this->assertCount(1, $lists[0]);
            $seen[] = $lists[0][0];
        }
        $this->assertSame($seen, array_unique($seen), 'no two workers share one');
        $this->assertCount(120, array_filter(array_column($this->sandbox->ledger(), 'accepted')));
    }

    public function testAnErrorKnowsItsLineUnderOpcache(): void
    {
        $this->sandbox->failNext('fault:html-502');
        $answer = $this->login('13800138000')->answer();
        $line = array_search('fetchNumber', array_map(
            static fn (string $line): string => str_contains($line, '->fetchNumber(') ? 'fetchNumber' : '',
            file(__DIR__ . '/fpm/login.php'),
        ), true) + 1;
        $this->assertSame(['unavailable', 'login.php', $line], [$answer['kind'], $answer['file'], $answer['line']]);
    }

    public function testWorkersWithAnIoThreadStopWhenAsked(): void
    {
        for ($asker = 0; $asker < 6; $asker++) {
            $this->login(sprintf('1390000%04d', $asker))->answer();
        }
        // A graceful stop interrupts workers that wait for requests; an I/O thread must not take the signal for them.
        $begun = microtime(true);
        proc_terminate($this->master, SIGQUIT);
        while (proc_get_status($this->master)['running'] && microtime(true) - $begun < 10) {
            usleep(20_000);
        }
        $this->assertLessThan(4, microtime(true) - $begun, $this->log());
        $this->assertStringNotContainsString('exited on signal', $this->log());
    }

    private function login(string $number): FastCgi
    {
        $request = [
            'provider' => 'shanyan',
            'options' => $this->sandbox->options('shanyan'),
            'params' => $this->sandbox->phone($number, 'cmcc')->params('shanyan', 'fetchNumber'),
        ];
        return new FastCgi($this->folder . '/socket', __DIR__ . '/fpm/login.php', json_encode($request));
    }

    private static function fpm(): string
    {
        $name = 'php-fpm' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
        foreach (["/usr/sbin/{$name}", '/usr/sbin/php-fpm', '/usr/local/sbin/php-fpm'] as $path) {
            if (is_executable($path)) {
                return $path;
            }
        }
        self::fail("no {$name}: run cargo xtask setup");
    }

    private function log(): string
    {
        return implode("\n", array_map('file_get_contents', array_filter(["{$this->folder}/log", "{$this->folder}/out"], 'is_file')));
    }
}
