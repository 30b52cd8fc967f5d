// The wasm compiler, loaded once: one standard-JSON request a line in, one answer a line out. Loading and
// warming it up costs more than compiling one contract, so tools/mutation.py keeps it running.
'use strict';
const soljson = require(require('path').resolve(process.argv[2]));
process.removeAllListeners('uncaughtException'); // soljson.js installs its own, which would hide a crash
process.removeAllListeners('unhandledRejection');
const compile = soljson.cwrap('solidity_compile', 'string', ['string', 'number', 'number']);
const reset = soljson.cwrap('solidity_reset', null, []);
require('readline').createInterface({ input: process.stdin }).on('line', request => {
  process.stdout.write(compile(request, 0, 0).trim() + '\n');
  reset();
});
