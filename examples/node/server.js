import { clientFromEnvironment, createApp } from './app.js'

const port = Number(process.env.PORT ?? 3000)
createApp(clientFromEnvironment()).listen(port, '127.0.0.1', () => console.log(`POST http://127.0.0.1:${port}/login`))
