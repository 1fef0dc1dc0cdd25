import { z } from 'zod';
import type { Command, CommandName } from '../../plugin/src/commands/commands';
import { commands } from '../../plugin/src/commands/commands';
import { commandOptions } from '../../plugin/src/commands/options';
import { exampleProjects } from './example-projects';

interface Example {
  readonly command: string;
  readonly description: string;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;
const schemaOfNx = 'https://json-schema.org/schema';

/** executors.json and the schema of every executor's options, by path from the plugin's folder. */
export function executorFiles(): Record<string, unknown> {
  const rows = Object.entries(commands) as [CommandName, Command][];
  const executors = Object.fromEntries(
    rows.map(([name, { description, together }]) => [
      name,
      {
        implementation: `./dist/nx#${name}`,
        ...(together === true ? { batchImplementation: `./dist/nx#${name}Together`, preferBatch: true } : undefined),
        schema: `./dist/executors/schemas/${name}.json`,
        description,
      },
    ]),
  );
  return {
    'executors.json': { $schema: schemaOfNx, executors },
    ...Object.fromEntries(rows.map(([name]) => [`src/executors/schemas/${name}.json`, schemaOf(name)])),
  };
}

/** The schema of a command's options, as Nx reads it. */
export function schemaOf(name: CommandName): object {
  const { title, description } = commands[name];
  const options = z.toJSONSchema(commandOptions[name](), {
    io: 'input',
    override: ({ jsonSchema }) => writeAsNxDoes(jsonSchema),
  });
  const head = { $schema: schemaOfNx, version: 2, title, description, examples: examplesOf(name) };
  return { ...head, required: [], ...options, ...head };
}

/** For `--help` of a target: a command line for each kind of project that has the command. */
function examplesOf(name: CommandName): Example[] {
  return exampleProjects().flatMap(({ name: project, targets }) =>
    Object.entries(targets).flatMap(([target, { executor, metadata }]) => {
      if (executor !== `seqmirror:${name}`) return [];
      const { description = '', help } = metadata ?? {};
      const { options = {}, args = [] } = help?.example ?? {};
      const typed = Object.entries(options).flatMap(([key, value]) =>
        [value].flat().map((each) => (each === true ? `--${key}` : `--${key}=${String(each)}`)),
      );
      return [{ command: ['nx run', `${project}:${target}`, ...typed, ...args].join(' '), description }];
    }),
  );
}

/** A choice of types in one key, and no default that says only that an option is not there. */
function writeAsNxDoes(schema: JsonSchema): void {
  if (schema.anyOf !== undefined) {
    Object.assign(schema, { type: schema.anyOf.map(({ type }) => type) });
    delete schema.anyOf;
  }
  const { default: value } = schema;
  if (value === false || (Array.isArray(value) && value.length === 0)) delete schema.default;
}
