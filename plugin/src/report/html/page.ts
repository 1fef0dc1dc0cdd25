/** The frame of every page: one file that needs no other, and asks for none. */
import { createHash } from 'node:crypto';
import type { HtmlValue } from './html';
import { Html, markup } from './html';
import { styleSheet } from './style-sheet';

/**
 * A whole page. Its policy lets a browser load nothing and run nothing: not even a text that got past the escaping could
 * do harm.
 */
export function page({ title, body }: { readonly title: string; readonly body: HtmlValue }): string {
  const hash = createHash('sha256').update(styleSheet).digest('base64');
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'sha256-${new Html(hash)}'; base-uri 'none'; form-action 'none'"
        />
        <title>${title}</title>
        <style>${new Html(styleSheet)}</style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}

export interface TableColumn {
  readonly title: string;
  readonly align?: 'right' | undefined;
}

/** A table; on a narrow screen each row becomes a block, with the titles beside the cells. */
export function table(
  { caption, columns }: { readonly caption: string; readonly columns: readonly TableColumn[] },
  rows: readonly (readonly HtmlValue[])[],
): Html {
  const alignOf = (index: number): HtmlValue =>
    columns[index]?.align === 'right' ? markup` class="number"` : undefined;
  const head = columns.map(
    ({ title }, index) => markup`<th scope="col" role="columnheader" ${alignOf(index)}>${title}</th>`,
  );
  const body = rows.map(
    (cells) =>
      markup`<tr role="row">
        ${cells.map(
          (cell, index) =>
            markup`<td role="cell" data-title="${columns[index]?.title}" ${alignOf(index)}><div>${cell}</div></td>`,
        )}
      </tr> `,
  );
  return markup`<table role="table">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${head}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${body}
    </tbody>
  </table>`;
}

/** A digest in full, which may be broken anywhere. */
export function digest(text: string): Html {
  return markup`<code class="digest">${text}</code>`;
}

/** `2026-11-23 06:08 UTC` */
export function minute(timestamp: string): Html {
  return markup`<time datetime="${timestamp}">${minuteOf(timestamp)}</time>`;
}

export function minuteOf(timestamp: string): string {
  return `${timestamp.slice(0, 16).replace('T', ' ')} UTC`;
}
