import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { createRequire } from 'node:module';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** A place in a text, both from 0. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** A complaint about a text. */
export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: TextPosition };
}

/** The real yaml-language-server as a process, spoken to as editors do. */
export class LanguageServer {
  private readonly process: ChildProcessByStdio<Writable, Readable, null>;
  private readonly answers = new Map<number, (result: unknown) => void>();
  private readonly complaints = new Map<string, (found: readonly Diagnostic[]) => void>();
  private buffer = Buffer.alloc(0);
  private count = 0;

  constructor(private readonly settings: Readonly<Record<string, unknown>>) {
    const server = createRequire(import.meta.url).resolve('yaml-language-server/bin/yaml-language-server');
    this.process = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.process.stdout.on('data', (bytes: Buffer) => this.receive(bytes));
  }

  /** Introduces an editor that tells its settings when asked. */
  async start(folder: string): Promise<void> {
    const rootUri = pathToFileURL(folder).href;
    const capabilities = {
      workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
      textDocument: { completion: { completionItem: { snippetSupport: false } }, publishDiagnostics: {} },
    };
    await this.ask('initialize', { processId: process.pid, rootUri, capabilities });
    this.send({ method: 'initialized', params: {} });
    this.send({ method: 'workspace/didChangeConfiguration', params: { settings: this.settings } });
  }

  /** Opens a file with this text, and answers what the server complains about. */
  async open(file: string, text: string): Promise<readonly Diagnostic[]> {
    const uri = pathToFileURL(file).href;
    const found = new Promise<readonly Diagnostic[]>((resolve) => this.complaints.set(uri, resolve));
    const textDocument = { uri, languageId: 'yaml', version: 1, text };
    this.send({ method: 'textDocument/didOpen', params: { textDocument } });
    return found;
  }

  /** What is offered at a place of an open file. */
  async completions(file: string, position: TextPosition): Promise<readonly string[]> {
    const textDocument = { uri: pathToFileURL(file).href };
    const result = (await this.ask('textDocument/completion', { textDocument, position })) as {
      readonly items: readonly { readonly label: string }[];
    } | null;
    return (result?.items ?? []).map(({ label }) => label);
  }

  async stop(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.process.once('exit', () => resolve()));
    await this.ask('shutdown', null);
    this.send({ method: 'exit' });
    await gone;
  }

  private ask(method: string, params: unknown): Promise<unknown> {
    this.count += 1;
    const id = this.count;
    return new Promise((resolve) => {
      this.answers.set(id, resolve);
      this.send({ id, method, params });
    });
  }

  private send(message: Message): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  private receive(bytes: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, bytes]);
    for (;;) {
      const head = this.buffer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.buffer.toString('utf8', 0, head))?.[1]);
      const end = head + 4 + length;
      if (this.buffer.length < end) return;
      const message = JSON.parse(this.buffer.toString('utf8', head + 4, end)) as Message;
      this.buffer = this.buffer.subarray(end);
      this.hear(message);
    }
  }

  private hear({ id, method, params, result }: Message): void {
    if (method === undefined) return this.answers.get(id!)?.(result);
    if (method === 'workspace/configuration') {
      const { items } = params as { readonly items: readonly { readonly section: string }[] };
      return this.reply(
        id!,
        items.map(({ section }) => this.settings[section] ?? null),
      );
    }
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: readonly Diagnostic[] };
      return this.complaints.get(uri)?.(diagnostics);
    }
    if (id !== undefined) this.reply(id, null);
  }

  private reply(id: number, result: unknown): void {
    const text = JSON.stringify({ jsonrpc: '2.0', id, result });
    this.process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }
}
