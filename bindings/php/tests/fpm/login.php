<?php

// A login route as FPM runs it: returns the number, and the connections that this worker has to the gateway.

$request = json_decode(file_get_contents('php://input'), true, 512, JSON_THROW_ON_ERROR);

try {
    $client = new Quhao\Client($request['provider'], $request['options']);
    $answer = ['number' => $client->fetchNumber($request['params'])->number];
} catch (Quhao\Exception\QuhaoException $error) {
    $answer = ['kind' => $error->kind, 'file' => basename($error->getFile()), 'line' => $error->getLine()];
}

$port = strtoupper(dechex(parse_url($request['options']['base_url'], PHP_URL_PORT)));
$sockets = [];
foreach (array_slice(file('/proc/self/net/tcp'), 1) as $line) {
    $fields = preg_split('/\s+/', trim($line));
    // Established, and its far end is the gateway's port.
    if ($fields[3] === '01' && str_ends_with($fields[2], ':' . str_pad($port, 4, '0', STR_PAD_LEFT))) {
        $sockets["socket:[{$fields[9]}]"] = true;
    }
}
$own = [];
foreach (glob('/proc/self/fd/*') as $fd) {
    $target = @readlink($fd);
    if (isset($sockets[$target])) {
        $own[] = $target;
    }
}

header('Content-Type: application/json');
echo json_encode($answer + [
    'pid' => getmypid(),
    'connections' => $own,
    'threads' => count(glob('/proc/self/task/*')),
    'opcache' => function_exists('opcache_get_status') && opcache_get_status(false) !== false,
]);
