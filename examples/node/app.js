// One-tap login in Express: `POST /login` takes what the phone's SDK returned.

import { createHash } from 'node:crypto'

import express from 'express'
import { Client, QuhaoError } from 'quhao'

/** The route, over one client for the whole process. */
export function createApp(client) {
  const app = express()
  app.use(express.json())
  app.post('/login', async (request, response) => {
    try {
      const fetched = await client.fetchNumber(request.body)
      response.json({ user: userId(fetched.number), number: String(fetched) })
    } catch (error) {
      refuse(response, error)
    }
  })
  return app
}

/** A client configured from `QUHAO_<PROVIDER>_<OPTION>`. */
export function clientFromEnvironment(environment = process.env) {
  const provider = environment.QUHAO_PROVIDER ?? 'shanyan'
  const prefix = `QUHAO_${provider.toUpperCase()}_`
  const camel = (name) => name.toLowerCase().replace(/_(.)/g, (_, letter) => letter.toUpperCase())
  const own = Object.entries(environment).filter(([name]) => name.startsWith(prefix))
  return new Client(provider, Object.fromEntries(own.map(([name, value]) => [camel(name.slice(prefix.length)), value])))
}

/** What the app is told; the log gets the rest, which holds no secret. */
function refuse(response, error) {
  if (error instanceof TypeError) {
    response.status(400).json({ retry: 'never', hint: error.message })
    return
  }
  if (!(error instanceof QuhaoError)) throw error
  console.warn(`login failed: ${error.message} requestId=${error.requestId} charge=${error.charge}`)
  response.status(statusOf(error)).json({ retry: error.retry, hint: error.hint })
}

function statusOf({ kind, retry }) {
  if (kind === 'token' || (kind === 'input' && retry === 'new_token')) return 409
  if (kind === 'input') return 400
  return retry === 'same_token' ? 503 : 502
}

/** A user's id that does not tell the number. A real back end looks the number up in its database instead. */
function userId(number) {
  return createHash('sha256').update(`example:${number}`).digest('hex').slice(0, 16)
}
