/**
 * Bills of materials as CycloneDX 1.6: one of the npm package, one of the far side's program, which has its packages in it.
 * The same packages make the same bytes, so neither has a serial number or a date.
 */
import { Buffer } from 'node:buffer';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import cyclonedx from '@cyclonedx/cyclonedx-library';
import { dependenciesOf, manifestIn, root } from './packages.mjs';

const { Contrib, Enums, Models, Serialize, Spec } = cyclonedx;
const licenses = new Contrib.License.Factories.LicenseFactory();
const { packages: locked } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));

/** Writes the SBOM of the npm package: what npm installs with it. */
export async function writePackageSbom(target) {
  const bom = await bomOf('plugin', Enums.ComponentType.Library);
  const graph = await dependenciesOf('plugin');
  const components = new Map([['plugin', bom.metadata.component]]);
  for (const folder of graph.keys()) if (folder !== 'plugin') components.set(folder, await componentOf(folder));
  for (const [folder, folders] of graph) {
    const component = components.get(folder);
    if (folder !== 'plugin') bom.components.add(component);
    for (const each of folders) component.dependencies.add(components.get(each).bomRef);
  }
  await write(bom, target);
}

/**
 * Writes the SBOM of a program.
 *
 * @param program its name, and the sha256 of its bytes
 * @param folders the packages that are in it
 */
export async function writeProgramSbom(target, { name, sha256 }, folders) {
  const bom = await bomOf('plugin', Enums.ComponentType.Application, name);
  const { component } = bom.metadata;
  component.hashes.set(Enums.HashAlgorithm['SHA-256'], sha256);
  for (const folder of folders) {
    const part = await componentOf(folder);
    bom.components.add(part);
    component.dependencies.add(part.bomRef);
  }
  await write(bom, target);
}

async function bomOf(folder, type, name) {
  const { name: packageName, version, license, description } = await manifestIn(folder);
  const component = new Models.Component(type, name ?? packageName, {
    version,
    description,
    bomRef: `${name ?? packageName}@${version}`,
  });
  component.licenses.add(licenses.makeFromString(license));
  const bom = new Models.Bom();
  bom.metadata.component = component;
  return bom;
}

async function componentOf(folder) {
  const { name, version, license } = await manifestIn(folder);
  const [group, short] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const purl = `pkg:npm/${group === undefined ? '' : `${encodeURIComponent(group)}/`}${short}@${version}`;
  const component = new Models.Component(Enums.ComponentType.Library, short, { group, version, purl, bomRef: purl });
  component.licenses.add(licenses.makeFromString(license));
  const [, sha512] = /^sha512-(.+)$/.exec(locked[folder]?.integrity ?? '') ?? [];
  if (sha512 === undefined) throw new Error(`package-lock.json has no sha512 of ${folder}`);
  component.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(sha512, 'base64').toString('hex'));
  return component;
}

async function write(bom, target) {
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  await writeFile(target, `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`);
}
