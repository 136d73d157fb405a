<?php

declare(strict_types=1);

// Logins against the sandbox at QUHAO_SANDBOX_URL, in another process, as often as QUHAO_SOAK_CALLS says: whether
// memory, threads or descriptors grow by them. A new client for every login, as in FPM, and some logins under a fault.

const APPS = [
    'shanyan' => 'shanyan', 'cmcc' => 'cmcc', 'shanyan-v2' => 'shanyan', 'shanyan-rsa1024' => 'shanyan',
    'cmcc-rsa' => 'cmcc', 'shanyan-rsa2048' => 'shanyan',
];
// The costly keys take turns in every tenth chunk.
const CHEAP = 3;
const FAULTS = ['fault:close-idle', 'fault:reset', 'fault:reset-unread', 'fault:truncated', 'fault:garbage'];

function told(string $path, array $what): mixed
{
    $post = ['method' => 'POST', 'header' => ['content-type: application/json'], 'content' => json_encode($what)];
    $reply = file_get_contents(getenv('QUHAO_SANDBOX_URL') . $path, false, stream_context_create(['http' => $post]));
    return json_decode($reply, true, 512, JSON_THROW_ON_ERROR);
}

/** @return array{calls: int, 'memory in KiB': int, threads: int, descriptors: int} what this process holds */
function sample(int $calls): array
{
    gc_collect_cycles();
    preg_match_all('/^(VmRSS|Threads):\s*(\d+)/m', file_get_contents('/proc/self/status'), $found);
    $status = array_combine($found[1], array_map('intval', $found[2]));
    return [
        'calls' => $calls, 'memory in KiB' => $status['VmRSS'], 'threads' => $status['Threads'],
        'descriptors' => count(glob('/proc/self/fd/*')),
    ];
}

/** Over the samples after the first fifth of the calls, in which pools find their size: the line of least squares. */
function growth(array $samples, string $what): float
{
    $last = end($samples)['calls'];
    $measured = array_values(array_filter($samples, static fn (array $sample): bool => $sample['calls'] * 5 >= $last));
    $mean = static fn (array $values): float => array_sum($values) / count($values);
    [$calls, $values] = [array_column($measured, 'calls'), array_column($measured, $what)];
    [$above, $below] = [0.0, 0.0];
    foreach ($calls as $at => $x) {
        $above += ($x - $mean($calls)) * ($values[$at] - $mean($values));
        $below += ($x - $mean($calls)) ** 2;
    }
    return $above / $below * ($last - $calls[0]);
}

/** Logs in with a client of its own. @return bool whether the login was lost to a fault */
function login(string $provider, array $options, array $user): bool
{
    $client = new Quhao\Client($provider, $options);
    $events = [];
    // The listener holds its client: a cycle, which the garbage collector has to find.
    $client->onCall(function (array $event) use (&$events, $client): void {
        $events[] = [$event['outcome'], $client->provider];
    });
    try {
        $number = $client->fetchNumber($user['params'])->number;
    } catch (Quhao\Exception\TransportException | Quhao\Exception\ProtocolException $error) {
        return $events === [[$error->kind, $provider]] ?: throw new LogicException('expected one event');
    }
    if ($number !== $user['number'] || $events !== [['fetched', $provider]]) {
        throw new LogicException("expected {$user['number']} and one event, got {$number}");
    }
    return false;
}

$calls = (int) (getenv('QUHAO_SOAK_CALLS') ?: 100_000);
$chunk = min(max(intdiv($calls, 100), 10), 1000);
[$begun, $samples, $lost, $turn, $made] = [microtime(true), [], 0, 0, 0];
for (; $made < $calls; $made += $chunk, $turn++) {
    $costly = $turn % 10 === 9;
    $app = array_keys(APPS)[$costly ? CHEAP + intdiv($turn, 10) % (count(APPS) - CHEAP) : $turn % CHEAP];
    $options = told('/options', ['app' => $app]);
    if ($turn % 2 === 1) {
        $options = told('/endpoint', ['endpoint' => 'tls']) + $options;
    }
    foreach (FAULTS as $fault) {
        told('/fail-next', ['failure' => $fault]);
    }
    $asked = ['number' => (string) (13_000_000_000 + $made), 'carrier' => 'cmcc', 'app' => $app, 'operation' => 'fetch_number'];
    $lostNow = 0;
    foreach (told('/phone', $asked + ['count' => $chunk]) as $user) {
        $lostNow += (int) login(APPS[$app], $options, $user);
    }
    if ($lostNow > count(FAULTS)) {
        throw new LogicException("{$lostNow} logins failed, but only " . count(FAULTS) . ' were told to');
    }
    $lost += $lostNow;
    if (intdiv(($made + $chunk) * 100, $calls) > count($samples)) {
        $samples[] = sample($made + $chunk);
    }
}

// As in crates/bench/src/soak: two bytes a call or 1 MiB of the allocators' own, half a thread, a pool's breath of descriptors.
$allowed = ['memory in KiB' => max(2 * $calls / 1024, 1024.0), 'threads' => 0.5, 'descriptors' => 8.0];
printf("%d logins in %.1f s, %d of them lost to faults on purpose", $made, microtime(true) - $begun, $lost);
$grew = [];
foreach ($allowed as $what => $most) {
    $growth = growth($samples, $what);
    printf(', %+.1f %s', $growth, $what);
    if ($growth > $most) {
        $grew[] = sprintf('%s grew: expected %.1f at most, got %.1f', $what, $most, $growth);
    }
}
printf("; %d KiB resident\n%s\n", end($samples)['memory in KiB'], implode("\n", $grew));
exit($grew === [] ? 0 : 1);
