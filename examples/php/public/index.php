<?php

// One-tap login on FPM: `POST /login` takes what the phone's SDK returned.
//
// The client is made anew for each request, as everything in PHP is; its connections belong to the worker and stay open.

declare(strict_types=1);

use Quhao\Client;
use Quhao\Exception\QuhaoException;

/** A client configured from `QUHAO_<PROVIDER>_<OPTION>`. */
function clientFromEnvironment(): Client
{
    $provider = getenv('QUHAO_PROVIDER') ?: 'shanyan';
    $prefix = 'QUHAO_' . strtoupper($provider) . '_';
    $options = [];
    foreach (getenv() as $name => $value) {
        if (str_starts_with($name, $prefix)) {
            $options[strtolower(substr($name, strlen($prefix)))] = $value;
        }
    }
    return new Client($provider, $options);
}

/** @return array{int, array<string, string>} status and body */
function login(Client $client, mixed $params): array
{
    try {
        $fetched = $client->fetchNumber($params);
    } catch (QuhaoException $error) {
        return refusal($error);
    } catch (TypeError $error) {
        return [400, ['retry' => 'never', 'hint' => $error->getMessage()]];
    }
    $masked = substr($fetched->number, 0, 3) . '****' . substr($fetched->number, -4);
    return [200, ['user' => userId($fetched->number), 'number' => $masked]];
}

/**
 * The app's part; the log gets the rest, which holds no secret.
 *
 * @return array{int, array<string, string>}
 */
function refusal(QuhaoException $error): array
{
    error_log("login failed: {$error->getMessage()} requestId={$error->requestId} charge={$error->charge}");
    $status = match (true) {
        $error->kind === 'token', $error->kind === 'input' && $error->retry === 'new_token' => 409,
        $error->kind === 'input' => 400,
        $error->retry === 'same_token' => 503,
        default => 502,
    };
    return [$status, ['retry' => $error->retry, 'hint' => $error->hint]];
}

/** A user's id that does not tell the number. A real back end looks the number up in its database instead. */
function userId(string $number): string
{
    return substr(hash('sha256', "example:{$number}"), 0, 16);
}

[$status, $body] = login(clientFromEnvironment(), json_decode(file_get_contents('php://input') ?: 'null', true));
http_response_code($status);
header('Content-Type: application/json');
echo json_encode($body, JSON_UNESCAPED_UNICODE);
