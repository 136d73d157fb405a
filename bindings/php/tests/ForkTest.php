<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Client;
use Quhao\Exception\ConfigException;
use Quhao\Sandbox;

/** A forked child uses no connection of its parent's: it could read the parent's reply, somebody else's number. */
final class ForkTest extends TestCase
{
    public function testParentAndChildInterleaveCallsAndEveryAnswerBelongsToItsAsker(): void
    {
        $sandbox = new Sandbox();
        $client = new Client('shanyan', $sandbox->options('shanyan'));
        $mint = static fn (string $number): array => $sandbox->phone($number, 'cmcc')->params('shanyan', 'fetchNumber');
        $this->assertSame('13800138000', $client->fetchNumber($mint('13800138000'))->number);
        $askers = ['parent' => [], 'child' => []];
        for ($i = 0; $i < 200; $i++) {
            foreach (['parent' => '137', 'child' => '159'] as $who => $prefix) {
                $number = sprintf('%s%08d', $prefix, $i);
                $askers[$who][$number] = $mint($number);
            }
        }
        [$near, $far] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        $child = pcntl_fork();
        if ($child === 0) {
            fwrite($far, json_encode(self::wrongAnswers($client, $askers['child'])));
            // PHPUnit's own shutdown belongs to the parent.
            posix_kill(getmypid(), SIGKILL);
        }
        fclose($far);
        $this->assertSame([], self::wrongAnswers($client, $askers['parent']));
        stream_set_timeout($near, 30);
        $this->assertSame('[]', stream_get_contents($near));
        pcntl_waitpid($child, $status);
        $this->assertCount(401, array_filter(array_column($sandbox->ledger(), 'accepted')));
        $this->assertSame([], array_filter(array_column($sandbox->ledger(), 'token_seen_before')), 'nothing was sent twice');
    }

    public function testAChildOfAProcessWithConnectionsEndsByItself(): void
    {
        $answer = Child::answer(<<<'PHP'
            $sandbox = new Quhao\Sandbox();
            $client = new Quhao\Client('shanyan', $sandbox->options('shanyan'));
            $mint = fn () => $sandbox->phone('13800138000', 'ctcc')->params('shanyan', 'fetchNumber');
            $client->fetchNumber($mint());
            $params = $mint();
            $children = [];
            for ($i = 0; $i < 3; $i++) {
                if (($pid = pcntl_fork()) === 0) {
                    try {
                        $sandbox->phone('13800138000', 'ctcc');
                    } catch (Quhao\Exception\ConfigException) {
                        // The last child logs in; all of them run PHP's whole shutdown.
                        exit($i < 2 ? 7 : ($client->fetchNumber($params)->number === '13800138000' ? 7 : 1));
                    }
                    exit(2);
                }
                $children[] = $pid;
            }
            $exits = [];
            foreach ($children as $pid) {
                pcntl_waitpid($pid, $status);
                $exits[] = pcntl_wifexited($status) ? pcntl_wexitstatus($status) : 'signal ' . pcntl_wtermsig($status);
            }
            echo json_encode($exits);
            PHP);
        $this->assertSame([7, 7, 7], $answer);
    }

    /** @param array<string, array<string, string>> $askers what each number's phone returned */
    private static function wrongAnswers(Client $client, array $askers): array
    {
        $wrong = [];
        foreach ($askers as $number => $params) {
            try {
                $answer = $client->fetchNumber($params)->number;
            } catch (\Throwable $error) {
                $answer = get_class($error) . ': ' . $error->getMessage();
            }
            if ($answer !== (string) $number) {
                $wrong[$number] = $answer;
            }
        }
        return $wrong;
    }
}
