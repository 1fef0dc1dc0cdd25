/** What Nx calls by executors.json and generators.json, under the names that stand there. */
export * from './executors/command-executors';
export { default as checkTogether } from './executors/check-together';
export { default as validateTogether } from './executors/validate-together';
export { default as adoptGenerator } from './generators/adopt/generator';
export { default as ciGenerator } from './generators/ci/generator';
export { default as demoGenerator } from './generators/demo/generator';
export { default as initGenerator } from './generators/init/generator';
export { default as mirrorGenerator } from './generators/mirror/generator';
export { default as sequenceGenerator } from './generators/sequence/generator';
export { default as siteGenerator } from './generators/site/generator';
export { bringFilesUpToDate } from './generators/migrations/bring-files-up-to-date';
