// Preloaded into every process of a run: notes what is read of files named *.tar, in its hashing threads too, as lines of
// bytes and path in the file that ARCHIVE_READS names.
const trace = (log) => {
  const fs = require('node:fs');
  const note = (fd, bytes) => {
    const path = fs.readlinkSync(`/proc/self/fd/${fd}`);
    if (path.endsWith('.tar')) fs.appendFileSync(log, `${bytes} ${path}\n`);
    return bytes;
  };

  const { readSync } = fs;
  fs.readSync = (fd, ...rest) => note(fd, readSync(fd, ...rest));

  const promises = require('node:fs/promises');
  const { open } = promises;
  promises.open = async (...args) => {
    const file = await open(...args);
    const { read } = file;
    file.read = async (...how) => {
      const result = await read.apply(file, how);
      note(file.fd, result.bytesRead);
      return result;
    };
    return file;
  };
};

const log = process.env.ARCHIVE_READS;
trace(log);

// Threads take neither the environment nor what is preloaded.
const threads = require('node:worker_threads');
threads.Worker = class extends threads.Worker {
  constructor(program, options) {
    super(options?.eval ? `(${trace})(${JSON.stringify(log)});\n${program}` : program, options);
  }
};
