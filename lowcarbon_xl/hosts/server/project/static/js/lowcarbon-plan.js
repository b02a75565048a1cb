// The plan: how its models stand, and runs of all of them or of the chosen one. The sheet's values go to the server, which
// has the only reader of plans; the workbook stays here.
(() => {
  const { shown } = lowcarbon;
  const QUIET = 700; // milliseconds without a change of the sheet before it is read again
  const $ = (id) => document.getElementById(id);
  const L = () => lowcarbon.language();
  const TEXTS = {
    title: { zh: "模型", en: "Models" },
    all: { zh: "全部运行", en: "Run all" },
    selected: { zh: "运行所选", en: "Run chosen" },
    make: { zh: "新建模型表", en: "Make a plan" },
    refresh: { zh: "刷新", en: "Refresh" },
    done: { zh: "完成", en: "done" },
    failed: { zh: "失败", en: "failed" },
    ready: { zh: "待运行", en: "ready" },
    missing: { zh: "这个工作簿还没有模型表。", en: "This workbook has no plan of models yet." },
    empty: { zh: "模型表里还没有模型：在标题行下面填一行。", en: "The plan holds no model yet: fill in a row below its headers." },
    choose: { zh: "选中一行，并在工作表中定位", en: "Choose this row and go to it in the sheet" },
  };
  const plan = { sheet: null, models: [], reason: null, chosen: null, busy: false };
  let asked = 0;
  let watched = null;
  let soon = null;

  lowcarbon.element = (tag, attributes = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), attributes);
    made.append(...children);
    return made;
  };
  lowcarbon.plan = { refresh, show, setBusy };

  function setBusy(busy) {
    plan.busy = busy;
    show();
  }

  async function refresh() {
    if (!shown.plan) return;
    const turn = (asked += 1);
    const found = await read().catch((error) => ({ sheet: plan.sheet, models: [], reason: both(told(error)) }));
    if (turn !== asked) return; // a later question has its own answer
    Object.assign(plan, found);
    if (!plan.models.some((model) => model.row === plan.chosen)) plan.chosen = null;
    show();
  }

  function both(text) {
    return { zh: text, en: text };
  }

  function told(error) {
    return error.response?.data?.detail || error.response?.data || error.message;
  }

  async function read() {
    const sheet = await Excel.run(sheetValues);
    if (!sheet) return { sheet: null, models: [], reason: null };
    const auth = await globalThis.getAuth();
    const headers = { Authorization: auth.token, "Auth-Provider": auth.provider, "Content-Type": "application/json" };
    const { data } = await globalThis.xwRequest.post(`${config.appPath}/lowcarbon/plan`, sheet, { headers });
    return { sheet: sheet.sheet, ...data };
  }

  async function sheetValues(context) {
    const sheets = shown.plan.sheets.map((name) => context.workbook.worksheets.getItemOrNullObject(name).load("name,id"));
    await context.sync();
    const sheet = sheets.find((found) => !found.isNullObject);
    if (!sheet) return null;
    const used = sheet.getUsedRangeOrNullObject(true).load("rowIndex,rowCount,columnIndex,columnCount");
    await watch(context, sheet);
    if (used.isNullObject) return { sheet: sheet.name, values: [[""]] };
    const rows = used.rowIndex + used.rowCount;
    const cells = sheet.getRangeByIndexes(0, 0, rows, used.columnIndex + used.columnCount).load("values");
    await context.sync();
    return { sheet: sheet.name, values: cells.values };
  }

  async function watch(context, sheet) {
    if (watched !== sheet.id) sheet.onChanged.add(async () => later());
    await context.sync();
    watched = sheet.id;
  }

  function later() {
    clearTimeout(soon);
    soon = setTimeout(refresh, QUIET);
  }

  function show() {
    $("plan").hidden = !shown.plan;
    if (!shown.plan) return;
    const { element } = lowcarbon;
    const heading = element("h2", { textContent: TEXTS.title[L()] }, element("span", { className: "counts", textContent: counts() }));
    const refreshing = button("plan-refresh", "refresh", refresh, "link");
    const [focused, scrolled] = [document.activeElement?.id, $("models")?.scrollTop];
    $("plan").replaceChildren(element("div", { className: "row" }, heading, refreshing), ...(plan.models.length ? listed() : [nothing()]));
    if (scrolled) $("models")?.scrollTo(0, scrolled);
    if (focused && $("plan").querySelector(`#${CSS.escape(focused)}`)) $(focused).focus({ preventScroll: true });
  }

  function counts() {
    const count = (state) => plan.models.filter((model) => model.state === state).length;
    const parts = ["done", "failed", "ready"].filter(count).map((state) => `${TEXTS[state][L()]}\u00a0${count(state)}`);
    return parts.length ? ` ${parts.join(" · ")}` : "";
  }

  function button(id, text, onclick, className = "", disabled = false) {
    return lowcarbon.element("button", { type: "button", id, className, textContent: TEXTS[text][L()], onclick, disabled: disabled || plan.busy });
  }

  function nothing() {
    const { element } = lowcarbon;
    const text = plan.reason?.[L()] || TEXTS[plan.sheet ? "empty" : "missing"][L()];
    const make = plan.sheet || plan.reason ? [] : [button("plan-make", "make", () => lowcarbon.runButton(shown.plan.template), "primary")];
    return element("div", {}, element("p", { className: plan.reason ? "reason" : "quiet", textContent: text }), ...make);
  }

  function listed() {
    const { element } = lowcarbon;
    const runs = element(
      "div",
      { className: "grid" },
      button("plan-all", "all", () => lowcarbon.runButton(shown.plan.runAll), "primary"),
      button("plan-selected", "selected", runChosen, "", plan.chosen === null),
    );
    for (const [i, id] of [shown.plan.runAll, shown.plan.runSelected].entries()) runs.children[i].title = tipOf(id);
    return [element("ul", { id: "models" }, ...plan.models.map(entry)), runs];
  }

  function entry(model) {
    const { element } = lowcarbon;
    const pressed = model.row === plan.chosen;
    const choice = element(
      "button",
      { type: "button", id: `model-${model.row}`, className: "model", title: TEXTS.choose[L()], disabled: plan.busy, onclick: () => choose(model) },
      element("b", { textContent: model.name }),
      element("span", { className: "quiet", textContent: model.kind[L()] }),
      element("span", { className: `state ${model.state}`, textContent: TEXTS[model.state][L()] }),
    );
    choice.setAttribute("aria-pressed", pressed);
    const reason = model.reason[L()];
    const className = model.state === "failed" ? "reason" : "reason quiet";
    return element("li", {}, choice, ...(reason ? [element("p", { className, textContent: reason })] : []));
  }

  function tipOf(id) {
    return shown.chapters.flatMap((chapter) => chapter.buttons).find((known) => known.id === id)?.tip[L()] || "";
  }

  async function choose(model) {
    plan.chosen = plan.chosen === model.row ? null : model.row;
    show();
    if (plan.chosen === null) return;
    await Excel.run(async (context) => {
      const sheet = context.workbook.worksheets.getItem(plan.sheet);
      sheet.activate();
      sheet.getRange(`A${model.row}`).select();
      await context.sync();
    });
  }

  function runChosen() {
    const sheet = `'${plan.sheet.replaceAll("'", "''")}'`;
    return lowcarbon.runButton(shown.plan.runSelected, `${sheet}!A${plan.chosen}`);
  }
})();
