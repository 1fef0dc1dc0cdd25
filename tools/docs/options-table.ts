import { markdownTable } from './markdown-table';

/** The part of a schema.json of Nx, or of a JSON Schema, that documentation is made of. */
export interface OptionsSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
}

export interface OptionSchema extends OptionsSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly OptionSchema[];
  readonly default?: unknown;
  /** `false` for options that Nx fills in. */
  readonly visible?: boolean;
  readonly $default?: { readonly $source: string; readonly index?: number };
  readonly additionalProperties?: boolean | OptionSchema;
}

/** The options of a generator or an executor: those that must be given first, then in the schema's order. */
export function optionsTable({ properties = {}, required = [] }: OptionsSchema): string {
  const needed = ([name]: [string, OptionSchema]): number => (required.includes(name) ? 0 : 1);
  const options = Object.entries(properties)
    .filter(([, { visible = true }]) => visible)
    .sort((a, b) => needed(a) - needed(b));
  if (options.length === 0) return 'No options.';
  return markdownTable(
    ['Option', 'Type', 'Meaning'],
    options.map(([name, option]) => [
      optionName(name, option),
      valuesOf(option),
      meaningOf(option, { required: required.includes(name) }),
    ]),
  );
}

/** The keys of a settings file with their nested keys: `registries.hosts.<name>.caFile`. */
export function settingsTable(schema: OptionsSchema): string {
  return markdownTable(
    ['Key', 'Values', 'Meaning'],
    keysOf(schema, '').map(({ key, option, required }) => [
      `\`${key}\``,
      valuesOf(option),
      meaningOf(option, { required }),
    ]),
  );
}

interface Key {
  readonly key: string;
  readonly option: OptionSchema;
  readonly required: boolean;
}

function keysOf({ properties = {}, required = [] }: OptionsSchema, prefix: string): Key[] {
  return Object.entries(properties).flatMap(([name, option]) => {
    const key = `${prefix}${name}`;
    const { additionalProperties } = option;
    if (option.properties !== undefined) return keysOf(option, `${key}.`);
    if (typeof additionalProperties === 'object' && additionalProperties.properties !== undefined) {
      return keysOf(additionalProperties, `${key}.<name>.`);
    }
    return [{ key, option, required: required.includes(name) }];
  });
}

function optionName(name: string, { $default }: OptionSchema): string {
  return $default?.$source === 'argv' ? `\`--${name}\`, or the first word` : `\`--${name}\``;
}

function valuesOf({ type, enum: values, const: only, anyOf }: OptionSchema): string {
  if (anyOf !== undefined) return anyOf.map(valuesOf).join(' or ');
  if (only !== undefined) return code(only);
  if (values !== undefined) return values.map(code).join(', ');
  return [type ?? 'any'].flat().join(' or ');
}

function meaningOf({ description = '', default: value }: OptionSchema, { required }: { required: boolean }): string {
  const sentences = [outsideCode(description.replace(/\.$/, ''))].filter((text) => text !== '');
  if (required) sentences.push('**Required**');
  else if (value !== undefined && value !== false) sentences.push(`Default: ${code(value)}`);
  return sentences.map((sentence) => `${sentence}.`).join(' ');
}

/** Angle brackets would be HTML, except between backticks. */
function outsideCode(text: string): string {
  return text.replace(/`[^`]*`|</g, (match) => (match === '<' ? '&lt;' : match));
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
