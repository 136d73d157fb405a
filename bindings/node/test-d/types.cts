// The same types for `require`.

import quhao = require('quhao')

const client: quhao.Client<'shanyan'> = new quhao.Client('shanyan', { appId: 'a', appKey: 'k' })
const answer: Promise<quhao.FetchedNumber> = client.fetchNumber('token')
// @ts-expect-error a required option is missing
new quhao.Client('shanyan', { appId: 'a' })
