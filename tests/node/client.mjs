// One call with the official SDK for Node: `node client.mjs SCENARIO`, the router in ROUTER_URL and ROUTER_KEY.
// What came of it is written as one line of JSON for the test that started this.
import OpenAI, { toFile } from 'openai';
import { createHash } from 'node:crypto';

const sdk = new OpenAI({
  apiKey: process.env.ROUTER_KEY,
  baseURL: process.env.ROUTER_URL + '/v1',
  maxRetries: Number(process.env.RETRIES ?? 0),
  timeout: 30_000,
});
const messages = [{ role: 'user', content: process.env.PROMPT }];
const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }];

const scenarios = {
  async chat() {
    const answer = await sdk.chat.completions.create({ model: 'chat', messages });
    return { text: answer.choices[0].message.content, model: answer.model, usage: answer.usage };
  },

  async stream() {
    const stream = await sdk.chat.completions.create({ model: 'chat', messages, stream: true, stream_options: { include_usage: true } });
    let text = '';
    const usages = [];
    const models = new Set();
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.usage) usages.push(chunk.usage);
      models.add(chunk.model);
    }
    return { text, usages, models: [...models] };
  },

  async broken_stream() {
    let text = '';
    try {
      for await (const chunk of await sdk.chat.completions.create({ model: 'chat', messages, stream: true }))
        text += chunk.choices[0]?.delta.content ?? '';
    } catch (error) {
      return { text, error: error.message, isApiError: error instanceof OpenAI.APIError };
    }
    return { text, error: null };
  },

  async tools() {
    const answer = await sdk.chat.completions.create({ model: 'chat', messages, tools });
    return { calls: answer.choices[0].message.tool_calls };
  },

  async tool_stream() {
    const runner = sdk.chat.completions.stream({ model: 'chat', messages, tools });
    const answer = await runner.finalChatCompletion();
    return { calls: answer.choices[0].message.tool_calls };
  },

  async embeddings() {
    const answer = await sdk.embeddings.create({ model: 'chat', input: ['one', 'two', 'three and a bit'] });
    return { vectors: answer.data.map((item) => [...item.embedding]) };
  },

  async images() {
    const answer = await sdk.images.generate({ model: 'chat', prompt: process.env.PROMPT });
    return { image: Buffer.from(answer.data[0].b64_json, 'base64').toString() };
  },

  async transcription() {
    const recording = Buffer.alloc(3_000_000, 'sound');
    const answer = await sdk.audio.transcriptions.create({ model: 'chat', file: await toFile(recording, 'speech.wav') });
    return { text: answer.text, expected: `${recording.length} ${createHash('sha256').update(recording).digest('hex')}` };
  },

  async speech() {
    const answer = await sdk.audio.speech.create({ model: 'chat', input: process.env.PROMPT, voice: 'alloy' });
    return { sha256: createHash('sha256').update(Buffer.from(await answer.arrayBuffer())).digest('hex') };
  },

  async moderation() {
    const answer = await sdk.moderations.create({ model: 'chat', input: process.env.PROMPT });
    return { flagged: answer.results[0].flagged };
  },

  async models() {
    const listed = [];
    for await (const entry of sdk.models.list()) listed.push(entry.id);
    const shown = await sdk.models.retrieve('vendor/large/model');
    return { listed, shown: shown.id };
  },

  async error() {
    try {
      await sdk.chat.completions.create({ model: process.env.MODEL ?? 'chat', messages });
    } catch (error) {
      const { status, code, type, message, requestID } = error;
      return { name: error.constructor.name, status, code, type, message, requestID };
    }
    return { name: null };
  },

  async abort() {
    const stream = await sdk.chat.completions.create({ model: 'chat', messages, stream: true });
    for await (const chunk of stream) {
      stream.controller.abort();
      return { first: chunk.choices[0].delta };
    }
  },
};

console.log(JSON.stringify(await scenarios[process.argv[2]]()));
