/** The document of the hits panel. It loads its own script and style and nothing else. */

export interface HitsPageParts {
  script: string;
  style: string;
  /** Where style sheets may come from. */
  cspSource: string;
  nonce: string;
}

export function hitsPage({ script, style, cspSource, nonce }: HitsPageParts): string {
  const policy = [
    "default-src 'none'",
    `style-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
    // Nothing becomes markup: there is no policy that would make text trusted.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hits</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<main id="panel"></main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
