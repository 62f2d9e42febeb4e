// Svelte with {@html}.
import { mount } from 'svelte'
import { start } from '../chat.js'
import Chat from './Chat.svelte'

start((target, chat) => mount(Chat, { target, props: { chat } }))
