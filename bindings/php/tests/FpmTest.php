<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Sandbox;

/** A real FPM: its master loads the extension, its workers are forked from it and live through many requests. */
final class FpmTest extends TestCase
{
    private const WORKERS = 3;

    private Fpm $fpm;
    private Sandbox $sandbox;

    protected function setUp(): void
    {
        $this->sandbox = new Sandbox();
        $this->fpm = new Fpm(self::WORKERS);
    }

    protected function tearDown(): void
    {
        $this->fpm->stop();
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
                $this->assertSame(1, $answer['threads'], 'the script\'s own thread carries its calls');
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

    public function testWorkersThatLookNamesUpStopWhenAsked(): void
    {
        for ($asker = 0; $asker < 6; $asker++) {
            $number = sprintf('1390000%04d', $asker);
            $this->assertSame($number, $this->login($number, 'localhost')->answer()['number']);
        }
        // A graceful stop interrupts workers that wait for requests; no other thread is left to take the signal for them.
        $begun = microtime(true);
        proc_terminate($this->fpm->master, SIGQUIT);
        while (proc_get_status($this->fpm->master)['running'] && microtime(true) - $begun < 10) {
            usleep(20_000);
        }
        $this->assertLessThan(4, microtime(true) - $begun, $this->fpm->log());
        $this->assertStringNotContainsString('exited on signal', $this->fpm->log());
    }

    private function login(string $number, string $host = '127.0.0.1'): FastCgi
    {
        $request = [
            'provider' => 'shanyan',
            'options' => ['base_url' => str_replace('127.0.0.1', $host, $this->sandbox->url)] + $this->sandbox->options('shanyan'),
            'params' => $this->sandbox->phone($number, 'cmcc')->params('shanyan', 'fetchNumber'),
        ];
        return new FastCgi($this->fpm->socket, __DIR__ . '/fpm/login.php', json_encode($request));
    }
}
