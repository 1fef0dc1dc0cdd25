// One call into the compiled package, in a process of its own: `calls.cjs <package> <call> <request as JSON>`. Prints
// the result, and what it took without Node's start, as JSON.
/* global AbortController */
const { join } = require('node:path');
const { performance } = require('node:perf_hooks');

const [, , folder, name, text] = process.argv;
const product = (path) => require(join(folder, 'dist', path));

const run = () => ({
  progress: product('api.js').silentProgress,
  signal: new AbortController().signal,
  now: () => new Date(),
});
const sumOfBytes = (items) => items.reduce((sum, { bytes }) => sum + bytes, 0);
const location = ({ workspaceRoot, mirrorRoot }) => ({ workspaceRoot, mirrorRoot, env: process.env });

const calls = {
  /** The whole pipeline: check, mirror, verify, seal. */
  async mirrorSequence(request) {
    const outcome = await product('api.js').mirrorSequence({
      ...run(),
      location: location(request),
      folder: request.folder,
      dryRun: false,
      refresh: request.refresh ?? false,
      cachedByNx: false,
    });
    const { archives } = outcome.metadata;
    return { archives: archives.map(({ name }) => name), archiveBytes: sumOfBytes(archives) };
  },

  /** The embedded engine alone: archives in the stage, nothing verified nor sealed. */
  async embeddedEngine({ config, stage, engineFolder, registriesConf }) {
    const { embeddedEngine } = product('engine/embedded/embedded.js');
    const { requireImageSet } = product('imageset/document.js');
    const { engineOptions } = product('mirror/settings.js');
    const options = engineOptions({});
    const version = await embeddedEngine.probe(options, process.env);
    const staged = await embeddedEngine.mirrorToDisk(
      {
        ...run(),
        document: requireImageSet(config, 'imageset-config.yaml'),
        base: new Map(),
        linksInBase: () => false,
        resolveDependencies: false,
        workspaceRoot: stage,
        allowMissing: [],
        stage,
        engineFolder,
        registries: { registriesConf, hosts: {} },
        options,
        ensureSpace: async () => undefined,
        env: process.env,
      },
      version,
    );
    return { archives: staged.archives };
  },

  async validate({ depth, ...request }) {
    const { sound, sequences } = await product('api.js').validate({ ...run(), location: location(request), depth });
    return { sound, sequences: sequences.length };
  },

  async verifyArchives({ paths, hash }) {
    const { findings, blobs, links } = await product('archive/verify.js').verifyArchives(paths, { hash });
    return { findings: findings.length, blobBytes: sumOfBytes(blobs), links: links.length };
  },

  async readArchiveIndex({ path }) {
    return { blobs: (await product('archive/archive-index.js').readArchiveIndex(path)).blobs.size };
  },

  async bundleSequence(request) {
    const { output, kind, link = false } = request;
    const outcome = await product('api.js').bundleSequence({
      ...run(),
      location: location(request),
      folder: request.folder,
      output,
      kind,
      link,
      sites: [],
      plan: false,
      verify: false,
      fresh: false,
      format: 'folder',
      uploader: await product('api.js').enclosedUploader(),
    });
    return { bytes: sumOfBytes(outcome.volumes) };
  },

  async reissueSequence({ from, ...request }) {
    const { kind } = await product('api.js').reissueSequence({
      ...run(),
      location: location(request),
      folder: request.folder,
      from,
      dryRun: false,
    });
    return { kind };
  },

  /** The whole use case, by the embedded engine. */
  async uploadSequence(request) {
    const { images, unchanged, blobs } = await product('api.js').uploadSequence({
      ...run(),
      location: location(request),
      folder: request.folder,
      registry: request.registry,
      engine: 'embedded',
      force: false,
      dryRun: false,
    });
    return { images, unchanged, blobs };
  },

  async listSequences(request) {
    const { sequences, archiveBytes, completeArchivesBytes } = await product('api.js').listSequences(location(request));
    const sealed = sequences.filter(({ state }) => state === 'sealed').length;
    return { sealed, archiveBytes, completeArchivesBytes };
  },

  /** What `nx run mirror-seq300:mirror` does when all of them are sealed. */
  async checkSequences({ folders, ...request }) {
    const checks = await product('api.js').checkSequences({ location: location(request), folders });
    return { sealed: checks.filter(({ kind }) => kind === 'already-sealed').length };
  },
};

async function main() {
  // What it needs is loaded by the first use of a path, which isn't what is asked about here.
  product('api.js');
  const request = JSON.parse(text);
  const [started, used] = [performance.now(), process.cpuUsage()];
  const result = await calls[name](request);
  const { user, system } = process.cpuUsage(used);
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, result }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
