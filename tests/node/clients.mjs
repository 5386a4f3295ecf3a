// Conversations with the SDKs for Node: one line of JSON in, one out. tests/sdk/__init__.py says what is in them.
import OpenAI from 'openai';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { generateText, streamText, stepCountIs, tool, jsonSchema, Output } from 'ai';
import { createOpenAI } from '@ai-sdk/openai';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createInterface } from 'node:readline';

const ROUNDS = 4;
class Left extends Error {}

function fresh() {
  return { text: '', thought: '', calls: [], finish: null, usage: null, model: null };
}

function described(error) {
  const inner = error.error?.error ?? error.error ?? {};
  return {
    status: error.status ?? error.statusCode ?? null,
    message: String(error.message ?? error),
    name: error.constructor?.name ?? 'Error',
    code: error.code ?? inner.code ?? inner.type ?? null,
    retry_after: error.headers?.get?.('retry-after') ?? error.responseHeaders?.['retry-after'] ?? null,
  };
}

// Rounds, until no tool is called: begin(spec) -> turns, ask(spec, turns, found) -> the turn as the dialect has it,
// replay(turn, calls, spec) -> more turns.
async function inRounds({ begin, ask, replay }, spec) {
  const rounds = [];
  const turns = begin(spec);
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const found = fresh();
      rounds.push(found);
      const native = await ask(spec, turns, found);
      if (!found.calls.length) break;
      turns.push(...replay(native, found.calls, spec));
    }
  } catch (error) {
    if (!(error instanceof Left)) return { rounds, error: described(error) };
  }
  return { rounds, error: null };
}

const given = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
const url = (image) => `data:image/png;base64,${image}`;

function leaveWhenTold(spec, abort) {
  if (!spec.abort) return;
  abort();
  throw new Left();
}

// --- openai, Chat Completions

function chat(base, key) {
  const sdk = new OpenAI({ apiKey: key, baseURL: base + '/v1', maxRetries: 0, timeout: 30_000 });
  const asked = (spec, turns) => given({
    model: spec.model,
    messages: turns,
    max_completion_tokens: spec.max_tokens,
    reasoning_effort: spec.effort,
    tools: spec.tools?.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } })),
    response_format: spec.schema && { type: 'json_schema', json_schema: { name: 'answer', schema: spec.schema, strict: true } },
  });
  return {
    begin(spec) {
      const content = spec.image
        ? [{ type: 'text', text: spec.user }, { type: 'image_url', image_url: { url: url(spec.image) } }]
        : spec.user;
      return [...(spec.system ? [{ role: 'system', content: spec.system }] : []), { role: 'user', content }];
    },
    async ask(spec, turns, found) {
      let answer;
      if (spec.stream) {
        const stream = sdk.chat.completions.stream({ ...asked(spec, turns), stream_options: { include_usage: true } });
        let thought = '';
        for await (const chunk of stream) {
          const delta = chunk.choices[0]?.delta ?? {};
          thought += delta.reasoning_content ?? '';
          found.text += delta.content ?? '';
          if (delta.content) leaveWhenTold(spec, () => stream.abort());
        }
        answer = await stream.finalChatCompletion();
        answer.choices[0].message.reasoning_content = thought; // the SDK keeps the last piece only
      } else {
        answer = await sdk.chat.completions.create(asked(spec, turns));
      }
      const { message, finish_reason } = answer.choices[0];
      found.text = message.content || message.refusal || '';
      found.thought = message.reasoning_content ?? '';
      found.calls = (message.tool_calls ?? []).map((call) => ({
        id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments) }));
      found.finish = { tool_calls: 'calls', content_filter: 'filter' }[finish_reason] ?? finish_reason;
      found.model = answer.model;
      const usage = answer.usage;
      found.usage = usage && {
        prompt: usage.prompt_tokens, completion: usage.completion_tokens, total: usage.total_tokens,
        cached: usage.prompt_tokens_details?.cached_tokens ?? null,
        written: usage.prompt_tokens_details?.cache_write_tokens ?? null,
        thinking: usage.completion_tokens_details?.reasoning_tokens ?? null,
      };
      return message;
    },
    replay(message, calls, spec) {
      const { role, content, tool_calls, ...more } = message;
      const extra = given({ reasoning_content: more.reasoning_content || null, reasoning_details: more.reasoning_details });
      const plain = tool_calls.map(({ id, type, function: f, extra_content }) => given({
        id, type, function: { name: f.name, arguments: f.arguments }, extra_content: spec.bare ? null : extra_content }));
      return [{ role, content, tool_calls: plain, ...(spec.bare ? {} : extra) },
        ...calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: spec.results[call.name] }))];
    },
  };
}

// --- openai, Responses

function responses(base, key) {
  const sdk = new OpenAI({ apiKey: key, baseURL: base + '/v1', maxRetries: 0, timeout: 30_000 });
  const asked = (spec, turns) => given({
    model: spec.model,
    input: turns,
    store: false,
    include: ['reasoning.encrypted_content'],
    instructions: spec.system,
    max_output_tokens: spec.max_tokens,
    reasoning: spec.effort && { effort: spec.effort, summary: 'auto' },
    tools: spec.tools?.map(({ name, description, schema }) => ({ type: 'function', name, description, parameters: schema, strict: false })),
    text: spec.schema && { format: { type: 'json_schema', name: 'answer', schema: spec.schema, strict: true } },
  });
  return {
    begin(spec) {
      const content = [{ type: 'input_text', text: spec.user }];
      if (spec.image) content.push({ type: 'input_image', image_url: url(spec.image), detail: 'auto' });
      return [{ role: 'user', content }];
    },
    async ask(spec, turns, found) {
      let answer;
      if (spec.stream) {
        const stream = sdk.responses.stream(asked(spec, turns));
        for await (const event of stream) {
          if (event.type === 'response.failed') throw Object.assign(new Error(event.response.error.message), { code: event.response.error.code });
          if (event.type !== 'response.output_text.delta') continue;
          found.text += event.delta;
          leaveWhenTold(spec, () => stream.abort());
        }
        answer = await stream.finalResponse();
        if (!['completed', 'incomplete'].includes(answer.status)) throw new Error(`the stream ended ${answer.status}`);
        found.text = '';
      } else {
        answer = await sdk.responses.create(asked(spec, turns));
      }
      for (const item of answer.output) {
        if (item.type === 'message') found.text += item.content.map((part) => part.text ?? part.refusal).join('');
        if (item.type === 'reasoning') found.thought += item.summary.map((part) => part.text).join('');
        if (item.type === 'function_call') found.calls.push({ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) });
      }
      const reason = answer.incomplete_details?.reason;
      found.finish = { max_output_tokens: 'length', content_filter: 'filter' }[reason] ?? (found.calls.length ? 'calls' : 'stop');
      found.model = answer.model;
      const usage = answer.usage;
      found.usage = usage && {
        prompt: usage.input_tokens, completion: usage.output_tokens, total: usage.total_tokens,
        cached: usage.input_tokens_details.cached_tokens, written: usage.input_tokens_details.cache_write_tokens,
        thinking: usage.output_tokens_details.reasoning_tokens,
      };
      return answer.output;
    },
    replay: (output, calls, spec) => [
      ...output.map(({ parsed_arguments, ...item }) => item.content
        ? { ...item, content: item.content.map(({ parsed, ...part }) => part) } : item),
      ...calls.map((call) => ({ type: 'function_call_output', call_id: call.id, output: spec.results[call.name] }))],
  };
}

// --- @anthropic-ai/sdk

function messages(base, key) {
  const sdk = new Anthropic({ apiKey: key, baseURL: base, maxRetries: 0, timeout: 30_000 });
  const asked = (spec, turns) => given({
    model: spec.model,
    messages: turns,
    max_tokens: spec.max_tokens ?? 8192,
    system: spec.system,
    thinking: spec.effort && { type: 'enabled', budget_tokens: 2048 },
    tools: spec.tools?.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
    output_config: spec.schema && { format: { type: 'json_schema', schema: spec.schema } },
  });
  return {
    begin(spec) {
      const content = [{ type: 'text', text: spec.user }];
      if (spec.image) content.unshift({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: spec.image } });
      return [{ role: 'user', content }];
    },
    async ask(spec, turns, found) {
      let answer;
      if (spec.stream) {
        const stream = sdk.messages.stream(asked(spec, turns));
        for await (const event of stream) {
          if (event.delta?.type !== 'text_delta') continue;
          found.text += event.delta.text;
          leaveWhenTold(spec, () => stream.abort());
        }
        answer = await stream.finalMessage();
        found.text = '';
      } else {
        answer = await sdk.messages.create(asked(spec, turns));
      }
      for (const block of answer.content) {
        if (block.type === 'text') found.text += block.text;
        if (block.type === 'thinking') found.thought += block.thinking;
        if (block.type === 'tool_use') found.calls.push({ id: block.id, name: block.name, arguments: block.input });
      }
      found.finish = { end_turn: 'stop', max_tokens: 'length', tool_use: 'calls', refusal: 'filter' }[answer.stop_reason] ?? answer.stop_reason;
      found.model = answer.model;
      const usage = answer.usage;
      const cached = usage.cache_read_input_tokens ?? 0, written = usage.cache_creation_input_tokens ?? 0;
      const prompt = usage.input_tokens + cached + written;
      found.usage = { prompt, completion: usage.output_tokens, cached, written, total: prompt + usage.output_tokens,
        thinking: usage.output_tokens_details?.thinking_tokens ?? null };
      return answer.content;
    },
    replay: (content, calls, spec) => [
      { role: 'assistant', content: content.map(({ caller, parsed_output, citations, ...block }) => block) },
      { role: 'user', content: calls.map((call) => ({ type: 'tool_result', tool_use_id: call.id, content: spec.results[call.name] })) }],
  };
}

// --- @google/genai

function gemini(base, key) {
  const sdk = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: base, timeout: 30_000 } });
  const asked = (spec, turns, controller) => ({
    model: spec.model,
    contents: turns,
    config: given({
      abortSignal: controller.signal,
      systemInstruction: spec.system,
      maxOutputTokens: spec.max_tokens,
      thinkingConfig: spec.effort && { thinkingLevel: spec.effort.toUpperCase(), includeThoughts: true },
      tools: spec.tools && [{ functionDeclarations: spec.tools.map(({ name, description, schema }) => ({
        name, description, parametersJsonSchema: schema })) }],
      responseMimeType: spec.schema && 'application/json',
      responseJsonSchema: spec.schema,
    }),
  });
  const read = (answer, found, parts) => {
    const usage = answer.usageMetadata;
    found.model = answer.modelVersion;
    if (usage)
      found.usage = {
        prompt: (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
        completion: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
        cached: usage.cachedContentTokenCount ?? null, written: null, thinking: usage.thoughtsTokenCount ?? null,
        total: usage.totalTokenCount,
      };
    if (answer.promptFeedback?.blockReason) found.finish = 'filter';
    for (const candidate of answer.candidates ?? []) {
      for (const part of candidate.content?.parts ?? []) {
        parts.push(part);
        if (part.functionCall) {
          const { id, name, args } = part.functionCall;
          found.calls.push({ id: id ?? null, name, arguments: args ?? {} });
        } else if (part.text) found[part.thought ? 'thought' : 'text'] += part.text;
      }
      if (candidate.finishReason)
        found.finish = { MAX_TOKENS: 'length', STOP: found.calls.length ? 'calls' : 'stop' }[candidate.finishReason] ?? 'filter';
    }
  };
  return {
    begin(spec) {
      const parts = [{ text: spec.user }];
      if (spec.image) parts.push({ inlineData: { mimeType: 'image/png', data: spec.image } });
      return [{ role: 'user', parts }];
    },
    async ask(spec, turns, found) {
      const parts = [];
      const controller = new AbortController();
      if (spec.stream) {
        for await (const chunk of await sdk.models.generateContentStream(asked(spec, turns, controller))) {
          read(chunk, found, parts);
          if (found.text) leaveWhenTold(spec, () => controller.abort());
        }
        if (!found.finish) throw new Error('the stream ended without a finishReason');
      } else {
        read(await sdk.models.generateContent(asked(spec, turns, controller)), found, parts);
      }
      return parts;
    },
    replay(parts, calls, spec) {
      let kept = parts.filter((part) => !part.thought);
      if (spec.bare) kept = kept.map(({ thoughtSignature, ...part }) => part).filter((part) => part.text || part.functionCall);
      return [{ role: 'model', parts: kept },
        { role: 'user', parts: calls.map((call) => ({ functionResponse: given({
          id: call.id, name: call.name, response: { output: spec.results[call.name] } }) })) }];
    },
  };
}

// --- Vercel's AI SDK: it holds the rounds itself

const AI_MODELS = {
  'ai-sdk compatible': (base, key, name) => createOpenAICompatible({ name: 'router', apiKey: key, baseURL: base + '/v1', includeUsage: true, supportsStructuredOutputs: true })(name),
  'ai-sdk openai': (base, key, name) => createOpenAI({ apiKey: key, baseURL: base + '/v1' })(name),
  'ai-sdk anthropic': (base, key, name) => createAnthropic({ apiKey: key, baseURL: base + '/v1' })(name),
  'ai-sdk google': (base, key, name) => createGoogleGenerativeAI({ apiKey: key, baseURL: base + '/v1beta' })(name),
};

const AI_EFFORT = (effort) => ({
  router: { reasoningEffort: effort },
  openai: { reasoningEffort: effort, reasoningSummary: 'auto', forceReasoning: true },
  anthropic: { thinking: { type: 'enabled', budgetTokens: 2048 } },
  google: { thinkingConfig: { thinkingLevel: effort, includeThoughts: true } },
});

async function aiSdk(client, base, key, spec) {
  const controller = new AbortController();
  const tools = Object.fromEntries((spec.tools ?? []).map(({ name, description, schema }) => [name, tool({
    description, inputSchema: jsonSchema(schema), execute: async () => spec.results[name] })]));
  const asked = given({
    model: AI_MODELS[client](base, key, spec.model),
    abortSignal: controller.signal,
    maxRetries: 0,
    system: spec.system,
    messages: [{ role: 'user', content: [{ type: 'text', text: spec.user },
      ...(spec.image ? [{ type: 'image', image: spec.image, mediaType: 'image/png' }] : [])] }],
    maxOutputTokens: spec.max_tokens,
    tools: spec.tools && tools,
    stopWhen: stepCountIs(ROUNDS),
    output: spec.schema && Output.object({ schema: jsonSchema(spec.schema) }),
    providerOptions: {
      ...(spec.effort && AI_EFFORT(spec.effort)),
      openai: { store: false, ...(spec.effort && AI_EFFORT(spec.effort).openai) },
    },
    onError: () => {},
  });
  const rounds = [];
  try {
    let steps;
    if (spec.stream) {
      const result = streamText(asked);
      let text = '';
      for await (const part of result.fullStream) {
        if (part.type === 'error') {
          rounds.push({ ...fresh(), text });
          throw part.error;
        }
        if (part.type !== 'text-delta') continue;
        text += part.text;
        if (spec.abort) {
          controller.abort();
          return { rounds: [{ ...fresh(), text }], error: null };
        }
      }
      steps = await result.steps;
    } else {
      steps = (await generateText(asked)).steps;
    }
    for (const step of steps) rounds.push(aiStep(step));
  } catch (error) {
    return { rounds, error: described(error) };
  }
  return { rounds, error: null };
}

function aiStep(step) {
  const usage = step.usage;
  return {
    text: step.text,
    thought: step.reasoningText ?? '',
    calls: step.toolCalls.map((call) => ({ id: call.toolCallId, name: call.toolName, arguments: call.input })),
    finish: { 'tool-calls': 'calls', 'content-filter': 'filter' }[step.finishReason] ?? step.finishReason,
    model: step.response.modelId,
    usage: {
      prompt: usage.inputTokens ?? null, completion: usage.outputTokens ?? null, total: usage.totalTokens ?? null,
      cached: usage.inputTokenDetails?.cacheReadTokens ?? usage.cachedInputTokens ?? null,
      written: usage.inputTokenDetails?.cacheWriteTokens ?? null,
      thinking: usage.outputTokenDetails?.reasoningTokens ?? usage.reasoningTokens ?? null,
    },
  };
}

const SDKS = { 'node chat': chat, 'node responses': responses, 'node messages': messages, 'node gemini': gemini };

for await (const line of createInterface({ input: process.stdin })) {
  const { client, url: base, key, spec } = JSON.parse(line);
  const outcome = client in SDKS ? await inRounds(SDKS[client](base, key), spec) : await aiSdk(client, base, key, spec);
  process.stdout.write(JSON.stringify(outcome) + '\n');
}
