// Bluesky's own server (PDS) with its directory of identities, on this machine alone.
//
//   node serve.js FOLDER PORT DIRECTORY_PORT
//
// FOLDER holds node_modules with @atproto/dev-env. Says "ready" on a line when it answers. Ends
// with its standard input, so that it never outlives who started it.

const { createRequire } = require('node:module')
const [folder, port, directoryPort] = process.argv.slice(2)
const { TestNetworkNoAppView } = createRequire(`${folder}/`)('@atproto/dev-env')

TestNetworkNoAppView.create({ pds: { port: Number(port) }, plc: { port: Number(directoryPort) } })
  .then(() => process.stdout.write('ready\n'))
process.stdin.on('end', () => process.exit(0)).resume()
