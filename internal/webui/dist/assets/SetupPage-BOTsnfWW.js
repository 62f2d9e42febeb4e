import{At as e,Ct as t,Dt as n,Et as r,Ft as i,Gt as a,Ht as o,I as s,J as c,Jt as l,Mt as u,Qt as d,Rt as f,Tt as p,Ut as m,W as h,Wt as g,Xt as _,Zt as v,bt as y,en as b,gt as x,ht as S,j as C,jt as w,lt as T,nt as E,o as D,qt as O,tt as k,w as ee,wt as A,zt as j}from"./index-Cl9DMlT4.js";import{r as M,t as N}from"./Time-D2FSvche.js";var P=new Set([`$$slots`,`$$events`,`$$legacy`]);function F(e,t){let n=k(t,P),r={name:`circle-check`,size:24,node:[[`circle`,{cx:`12`,cy:`12`,r:`10`}],[`path`,{d:`m16 9-5.5 5.5L8 12`}]],aliases:[`check-circle-2`]};c(e,E(()=>n,{get icon(){return r}}))}var te=new Set([`$$slots`,`$$events`,`$$legacy`]);function ne(e,t){let n=k(t,te),r={name:`circle-dashed`,size:24,node:[[`path`,{d:`M10.1 2.182a10 10 0 0 1 3.8 0`}],[`path`,{d:`M13.9 21.818a10 10 0 0 1-3.8 0`}],[`path`,{d:`M17.609 3.721a10 10 0 0 1 2.69 2.7`}],[`path`,{d:`M2.182 13.9a10 10 0 0 1 0-3.8`}],[`path`,{d:`M20.279 17.609a10 10 0 0 1-2.7 2.69`}],[`path`,{d:`M21.818 10.1a10 10 0 0 1 0 3.8`}],[`path`,{d:`M3.721 6.391a10 10 0 0 1 2.7-2.69`}],[`path`,{d:`M6.391 20.279a10 10 0 0 1-2.69-2.7`}]]};c(e,E(()=>n,{get icon(){return r}}))}var I=n(`<p class="border-t border-line px-3 py-1.5 text-[0.75rem] text-soft"> </p>`),L=n(`<div class="mt-2 overflow-hidden rounded-lg border border-line bg-card" data-testid="snippet"><div class="flex items-center gap-2 border-b border-line py-1 pr-1.5 pl-3"><code class="font-mono text-[0.75rem] text-soft"> </code> <span class="ml-auto"><!></span></div> <pre tabindex="0" class="overflow-x-auto p-3 font-mono text-[0.75rem] leading-[1.125rem]"> </pre> <!></div>`);function R(e,n){d(n,!0);var r=L(),i=o(r),s=o(i),c=g(s,!0),l=a(s,2),u=o(l);D(u,{get text(){return n.snippet.code},get label(){return`Copy the ${n.snippet.name??``} snippet`}}),b(l),b(i);var m=a(i,2),h=g(m,!0),_=a(m,2),y=e=>{var t=I(),r=g(t,!0);f(()=>A(r,n.snippet.note)),p(e,t)};t(_,e=>{n.snippet.note&&e(y)}),b(r),f(()=>{T(r,`data-snippet`,n.snippet.id),A(c,n.snippet.install),A(h,n.snippet.code)}),p(e,r),v()}var z=n(`<div class="skeleton mt-2 h-16"></div>`),B=n(`<p class="mt-1 text-soft">Nothing was refused or cut.</p>`),V=n(`<tr class="border-b border-line align-top last:border-0"><td class="px-3 py-1.5"><span class="font-medium"> </span><br/><span class="text-soft"> </span></td><td class="px-3 py-1.5 font-mono text-[0.75rem]"> </td><td class="px-3 py-1.5 text-soft"> </td><td class="num px-3 py-1.5"> </td><td class="px-3 py-1.5 text-soft"><!></td></tr>`),H=n(`<div class="mt-2 overflow-x-auto rounded-lg border border-line bg-card"><table class="w-full text-left" data-testid="refusals"><thead class="text-[0.75rem] text-faint"><tr class="border-b border-line"><th class="px-3 py-1.5 font-medium">What happened and what to do</th><th class="px-3 py-1.5 font-medium">Event</th><th class="px-3 py-1.5 font-medium">Sent by</th><th class="px-3 py-1.5 text-right font-medium">Count</th><th class="px-3 py-1.5 font-medium">Last</th></tr></thead><tbody></tbody></table></div>`);function U(e,n){d(n,!0);var s=r(),c=m(s),l=e=>{var t=z();p(e,t)},u=e=>{var t=B();p(e,t)},h=e=>{var t=H(),r=o(t),s=a(o(r));y(s,21,()=>n.refusals,e=>e.reason+e.event+e.library,(e,t)=>{var n=V(),r=o(n),s=o(r),c=g(s,!0),l=a(s,2),u=g(l,!0);b(r);var d=a(r),m=g(d,!0),h=a(d),_=g(h,!0),v=a(h),y=g(v,!0),x=a(v),S=o(x);N(S,{get ms(){return i(t).lastMs}}),b(x),b(n),f((e,n)=>{A(c,e),A(u,i(t).detail),A(m,i(t).event||`–`),A(_,i(t).library||`–`),A(y,n)},[()=>i(t).reason.replaceAll(`_`,` `),()=>ee(i(t).count)]),p(e,n)}),b(s),b(r),b(t),p(e,t)};t(c,e=>{n.refusals===null?e(l):n.refusals.length===0?e(u,1):e(h,-1)}),p(e,s),v()}var W=e=>JSON.stringify(e);function G({host:e,token:t},n){return n===`headers`?{id:`browser`,name:`Browser`,install:`npm install posthog-js`,note:`Name your backend's hosts: requests to them get the headers X-POSTHOG-SESSION-ID, -WINDOW-ID and -DISTINCT-ID. A backend on another origin must allow these headers in its CORS answer.`,code:`import posthog from 'posthog-js'

posthog.init(${W(t)}, {
  api_host: ${W(e)},
  __add_tracing_headers: ['api.your-app.com'], // your backend's hostnames
})`}:{id:`browser`,name:`Browser`,install:`npm install posthog-js`,note:`Send the session id along with each request yourself.`,code:`import posthog from 'posthog-js'

posthog.init(${W(t)}, {
  api_host: ${W(e)},
})

const response = await fetch('/api/chat', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({
    message: userInput,
    sessionId: posthog.get_session_id(),
  }),
})`}}function K({host:e,token:t},n){let r=n===`headers`;return[{id:`node`,name:`Node`,install:`npm install @posthog/ai posthog-node openai`,note:``,code:`import { OpenAI } from '@posthog/ai/openai'
import { PostHog } from 'posthog-node'

const posthog = new PostHog(${W(t)}, { host: ${W(e)} })
const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY, posthog })

app.post('/api/chat', async (req, res) => {
  const sessionId = ${r?`req.headers['x-posthog-session-id']`:`req.body.sessionId`}
  const response = await openai.chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: req.body.message }],
    posthogDistinctId: req.userId,
    posthogProperties: {
      $session_id: sessionId, // links the call to the replay
    },
  })
  res.json({ response: response.choices[0].message.content })
})`},{id:`python`,name:`Python`,install:`pip install posthog openai`,note:``,code:`import os
from posthog import Posthog
from posthog.ai.openai import OpenAI

posthog = Posthog(${W(t)}, host=${W(e)})
client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], posthog_client=posthog)

@app.route("/api/chat", methods=["POST"])
def chat():
    session_id = ${r?`request.headers.get("X-POSTHOG-SESSION-ID")`:`request.json.get("sessionId")`}
    response = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": request.json["message"]}],
        posthog_distinct_id=current_user.id,
        posthog_properties={
            "$session_id": session_id,  # links the call to the replay
        },
    )
    return jsonify({"response": response.choices[0].message.content})`},{id:`go`,name:`Go`,install:`go get github.com/posthog/posthog-go`,note:`posthog-go wraps no LLM client: send one $ai_generation event for each call.`,code:`client, err := posthog.NewWithConfig(${W(t)}, posthog.Config{Endpoint: ${W(e)}})
if err != nil {
	log.Fatal(err)
}
defer client.Close()

http.HandleFunc("POST /api/chat", func(w http.ResponseWriter, r *http.Request) {
	${r?`sessionID := r.Header.Get("X-POSTHOG-SESSION-ID")`:`sessionID := body.SessionID`}
	start := time.Now()
	answer, usage := ask(r.Context(), question) // your LLM call
	client.Enqueue(posthog.Capture{
		DistinctId: userID,
		Event:      "$ai_generation",
		Properties: posthog.NewProperties().
			Set("$ai_trace_id", traceID).
			Set("$session_id", sessionID). // links the call to the replay
			Set("$ai_model", "gpt-5-mini").
			Set("$ai_provider", "openai").
			Set("$ai_input", []map[string]string{{"role": "user", "content": question}}).
			Set("$ai_output_choices", []map[string]string{{"role": "assistant", "content": answer}}).
			Set("$ai_input_tokens", usage.Input).
			Set("$ai_output_tokens", usage.Output).
			Set("$ai_latency", time.Since(start).Seconds()),
	})
})`}]}var re=n(`<span class="skeleton inline-block h-3 w-24"></span>`),ie=n(`<li data-testid="setup-check"><div class="flex items-center gap-2"><!> <span class="font-medium"> </span></div> <p class="mt-1 text-[0.75rem] text-soft"><!></p></li>`),ae=n(`<span class="ml-auto tabular-nums"> </span>`),oe=n(`<button role="tab"> </button>`),se=n(`<span class="text-faint tabular-nums"> </span>`),ce=n(`<p class="mt-8 text-[0.75rem] text-faint"> </p>`),le=n(`<h1 class="text-xl font-semibold"> </h1> <p class="mt-1 max-w-2xl text-soft">Add one snippet to the page and one to the backend. Then each LLM call opens the recording of the person who was waiting for it, at the second they asked.
        Any PostHog SDK works; only the host changes.</p> <ol class="mt-5 grid grid-cols-4 gap-3" aria-label="What has arrived" aria-live="polite"></ol> <div class="mt-4 flex flex-wrap items-center gap-x-6 gap-y-1 text-soft"><span class="flex items-center gap-1">Host <code class="font-mono text-[0.75rem] text-text"> </code><!></span> <span class="flex items-center gap-1">Token <code class="font-mono text-[0.75rem] text-text"> </code><!></span> <!></div> <fieldset class="mt-6 flex items-center gap-2"><legend class="sr-only">How the session id reaches the backend</legend> <span class="mr-1 text-soft">Send the session id</span> <button>in headers, automatically</button> <button>in the request's body</button></fieldset> <h2 class="mt-5 text-lg font-semibold">1. The page</h2> <!> <h2 class="mt-5 text-lg font-semibold">2. The backend</h2> <div class="mt-2 flex gap-1" role="tablist" aria-label="Language"></div> <!> <h2 class="mt-5 text-lg font-semibold">3. Ask something</h2> <p class="mt-1 text-soft">The four checks above turn green as things arrive. If nothing arrives, check for a content blocker in the browser, for a wrong token (answered with 401), and below:</p> <h2 class="mt-6 text-lg font-semibold">Refused or cut <!></h2> <!> <!>`,1),q=n(`<div class="h-full overflow-y-auto"><div class="mx-auto max-w-5xl px-6 py-6"><!></div></div>`);function J(n,r){d(r,!0);let c=_(()=>s.value),w=e=>s.refresh(e),E=l(`headers`),k=l(`node`);j(()=>{r.intro===void 0&&(document.title=`Setup · Playhead`)}),j(()=>(w().catch(()=>void 0),h(2e3,w)));let P=_(()=>({host:location.origin,token:i(c)?.token??`…`})),te=_(()=>G(i(P),i(E))),I=_(()=>K(i(P),i(E))),L=_(()=>i(I).find(e=>e.id===i(k))??i(I)[0]),z=_(()=>[{id:`event`,name:`First event received`,at:i(c)?.firstEventMs??null,wait:`Open a page with the browser snippet, or send any event.`},{id:`llm`,name:`First LLM event received`,at:i(c)?.firstLlmEventMs??null,wait:`Make one LLM call through the backend snippet. Short-lived processes must flush before they end.`},{id:`recording`,name:`First recording received`,at:i(c)?.firstRecordingMs??null,wait:`Click or type on the page: the recorder waits for that, and then sends within ten seconds.`},{id:`link`,name:`First link made`,at:i(c)?.firstLinkMs??null,wait:`Made automatically when an LLM event has the $session_id of a recording.`}]);var B=q(),V=o(B),H=o(V),W=e=>{M(e,{get error(){return s.error},what:`the server's status`,retry:()=>void w().catch(()=>void 0)})},J=n=>{var s=le(),l=m(s),d=g(l,!0),h=a(l,4);y(h,21,()=>i(z),e=>e.id,(n,r)=>{let s=_(()=>i(r).at!==null);var l=ie(),u=o(l),d=o(u),m=e=>{F(e,{size:17,class:`shrink-0 text-good`})},h=e=>{ne(e,{size:17,class:`shrink-0 text-faint`})};t(d,e=>{i(s)?e(m):e(h,-1)});var v=a(d,2),y=g(v,!0);b(u);var C=a(u,2),w=o(C),E=e=>{var t=re();p(e,t)},D=e=>{N(e,{get ms(){return i(r).at}})},O=t=>{var n=e();f(()=>A(n,i(r).wait)),p(t,n)};t(w,e=>{i(c)?i(r).at===null?e(O,-1):e(D,1):e(E)}),b(C),b(l),f(()=>{S(l,1,x([`rounded-lg border bg-card p-3`,i(s)?`border-line`:`border-dashed border-strong`])),T(l,`data-check`,i(r).id),T(l,`data-done`,i(s)),A(y,i(r).name)}),p(n,l)}),b(h);var v=a(h,2),w=o(v),j=a(o(w)),M=g(j,!0),B=a(j);D(B,{get text(){return i(P).host},label:`Copy host`}),b(w);var V=a(w,2),H=a(o(V)),W=g(H,!0),G=a(H);D(G,{get text(){return i(P).token},label:`Copy token`}),b(V);var K=a(V,2),q=e=>{var t=ae(),n=g(t);f((e,t,r)=>A(n,`${e??``} · ${t??``} · ${r??``}`),[()=>C(i(c).events,`event`),()=>C(i(c).generations,`generation`),()=>C(i(c).recordings,`recording block`)]),p(e,t)};t(K,e=>{i(c)&&e(q)}),b(v);var J=a(v,2),Y=a(o(J),4),X=a(Y,2);b(J);var ue=a(J,4);R(ue,{get snippet(){return i(te)}});var Z=a(ue,4);y(Z,21,()=>i(I),e=>e.id,(e,t)=>{var n=oe(),r=g(n,!0);f(()=>{S(n,1,x([`btn`,i(t).id===i(L)?.id?`btn-on`:`btn-ghost`])),T(n,`aria-selected`,i(t).id===i(L)?.id),A(r,i(t).name)}),u(`click`,n,()=>O(k,i(t).id,!0)),p(e,n)}),b(Z);var Q=a(Z,2),de=e=>{R(e,{get snippet(){return i(L)}})};t(Q,e=>{i(L)&&e(de)});var $=a(Q,6),fe=a(o($)),pe=e=>{var t=se(),n=g(t,!0);f(e=>A(n,e),[()=>ee(i(c).refusals.length)]),p(e,t)};t(fe,e=>{i(c)&&i(c).refusals.length>0&&e(pe)}),b($);var me=a($,2);{let e=_(()=>i(c)?.refusals??null);U(me,{get refusals(){return i(e)}})}var he=a(me,2),ge=e=>{var t=ce(),n=g(t);f(()=>A(n,`Playhead ${i(c).version??``}`)),p(e,t)};t(he,e=>{i(c)&&e(ge)}),f(()=>{A(d,r.intro??`Setup`),A(M,i(P).host),A(W,i(P).token),S(Y,1,x([`btn`,i(E)===`headers`&&`btn-on`])),T(Y,`aria-pressed`,i(E)===`headers`),S(X,1,x([`btn`,i(E)===`body`&&`btn-on`])),T(X,`aria-pressed`,i(E)===`body`)}),u(`click`,Y,()=>O(E,`headers`)),u(`click`,X,()=>O(E,`body`)),p(n,s)};t(H,e=>{s.error&&!i(c)?e(W):e(J,-1)}),b(V),b(B),p(n,B),v()}w([`click`]);export{U as n,F as r,J as t};