import { z } from 'zod';
import type { Command, CommandName } from '../../plugin/src/commands/commands';
import { commands } from '../../plugin/src/commands/commands';
import { commandOptions } from '../../plugin/src/commands/options';

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
  const head = { $schema: schemaOfNx, version: 2, title, description };
  return { ...head, required: [], ...options, ...head };
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
