/** The graph, as nx.js has the rest. */
module.exports = require('../tools/build/compiled.cjs').compiled('index');
