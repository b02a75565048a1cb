// The task pane: the plan, run buttons, the log of reasons, the manual, settings.
const { shown, element } = lowcarbon;
const $ = (id) => document.getElementById(id);
const L = () => lowcarbon.language();

const TEXTS = {
  title: { zh: "低碳核算", en: "LowCarbon" },
  run: { zh: "运行", en: "Run" },
  log: { zh: "日志", en: "Log" },
  manual: { zh: "手册", en: "Manual" },
  settings: { zh: "设置", en: "Settings" },
  other: { zh: "EN", en: "中" },
  search: { zh: "查函数、选项或说明", en: "Search functions, options, help" },
  nothing: { zh: "没有记录。出错的公式和按钮的结果会列在这里。", en: "Nothing yet. Failed formulas and results of buttons appear here." },
  none: { zh: "没有匹配的函数", en: "No function matches" },
  key: { zh: "API 密钥", en: "API key" },
  keyHelp: { zh: "向管理员索取；只保存在这台电脑的加载项里。", en: "Ask your administrator; it is kept in this computer's add-in only." },
  save: { zh: "保存并检查", en: "Save and check" },
  entered: { zh: "密钥有效，用户：", en: "The key is valid, user: " },
  wanted: { zh: "请先在“设置”里填写 API 密钥", en: "Enter your API key under Settings first" },
  recalculate: { zh: "重新输入全部公式", en: "Re-enter all formulas" },
  recalculateHelp: { zh: "公式显示 #NAME? 时使用。", en: "For formulas that show #NAME?." },
  recalculated: { zh: "已重新输入的公式数：", en: "Formulas entered again: " },
  arguments: { zh: "参数", en: "Arguments" },
  options: { zh: "选项", en: "Options" },
  spills: { zh: "结果", en: "Result" },
  example: { zh: "例", en: "Example" },
};

function showTexts() {
  document.documentElement.lang = L() === "zh" ? "zh-CN" : "en";
  for (const labelled of document.querySelectorAll("[data-text]")) labelled.textContent = TEXTS[labelled.dataset.text][L()];
  $("search").placeholder = TEXTS.search[L()];
  lowcarbon.plan.show();
  showButtons();
  showLog();
  showManual();
}

function showTab(name) {
  for (const tab of document.querySelectorAll("[role=tab]")) tab.setAttribute("aria-selected", tab.id === `tab-${name}`);
  for (const panel of document.querySelectorAll("[role=tabpanel]")) panel.hidden = panel.id !== `panel-${name}`;
}

function showButtons() {
  $("buttons").replaceChildren(
    ...shown.chapters.map((chapter) =>
      element(
        "section",
        {},
        element("h2", { textContent: chapter.title[L()] }),
        element(
          "div",
          { className: "grid" },
          ...chapter.buttons.map((button) =>
            element("button", {
              type: "button",
              id: `button-${button.id}`,
              title: button.tip[L()],
              textContent: button.label[L()],
              onclick: () => lowcarbon.runButton(button.id),
            }),
          ),
        ),
      ),
    ),
  );
}

function showStatus(text, kind = "") {
  $("status").hidden = !text;
  $("status").className = kind;
  $("status-text").textContent = text;
}

function showProgress(what, done, planned) {
  showStatus(planned ? `${what} (${done}/${planned})` : `${what} …`, "busy");
  const bar = $("bar");
  if (planned) bar.value = done / planned;
  else bar.removeAttribute("value");
}

lowcarbon.runButton = async (id, selection = null) => {
  showTab("run");
  Office.addin?.showAsTaskpane?.();
  const buttons = document.querySelectorAll("#buttons button");
  buttons.forEach((button) => (button.disabled = true));
  lowcarbon.plan.setBusy(true);
  try {
    showStatus(await lowcarbon.press(id, showProgress, selection), "done");
  } catch (error) {
    showStatus(error.message, "failed");
  } finally {
    buttons.forEach((button) => (button.disabled = false));
    lowcarbon.plan.setBusy(false);
    lowcarbon.plan.refresh();
  }
};

function showLog() {
  const entries = lowcarbon.log.map((entry) =>
    element(
      "li",
      { className: entry.failed ? "failed" : "" },
      element("div", { className: "where", textContent: `${entry.time.toLocaleTimeString(L() === "zh" ? "zh-CN" : "en-GB")}  ${entry.source} ${labelOf(entry.name)}` }),
      element("div", { textContent: entry.text }),
    ),
  );
  $("entries").replaceChildren(...(entries.length ? entries : [element("li", { className: "quiet", textContent: TEXTS.nothing[L()] })]));
  $("count").textContent = lowcarbon.log.filter((entry) => entry.failed).length || "";
}

function labelOf(name) {
  const button = shown.chapters.flatMap((chapter) => chapter.buttons).find((known) => known.id === name);
  return button ? button.label[L()] : name;
}

function matches(found, words) {
  const text = JSON.stringify(found).toLowerCase();
  return words.every((word) => text.includes(word));
}

function showManual() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = shown.functions.filter((known) => matches(known, words));
  const groups = Map.groupBy ? Map.groupBy(found, (known) => known.group[L()]) : grouped(found);
  const sections = [...groups].map(([title, functions]) =>
    element("section", {}, element("h2", { textContent: title }), ...functions.map(manualEntry)),
  );
  $("functions").replaceChildren(...(sections.length ? sections : [element("p", { className: "quiet", textContent: TEXTS.none[L()] })]));
}

function grouped(functions) {
  const groups = new Map();
  for (const known of functions) groups.set(known.group[L()], [...(groups.get(known.group[L()]) || []), known]);
  return groups;
}

function manualEntry(known) {
  const terms = (pairs) => pairs.flatMap(([term, text]) => [element("dt", { textContent: term }), element("dd", { textContent: text })]);
  const options = known.options.map((option) => [option.key, option.help[L()]]);
  return element(
    "details",
    {},
    element("summary", {}, element("b", { textContent: known.name }), ` ${known.summary[L()]}`),
    element("code", { textContent: known.signature }),
    element("p", { textContent: known.detail[L()] }),
    element("h3", { textContent: TEXTS.arguments[L()] }),
    element("dl", {}, ...terms(known.arguments.map((argument) => [argument.label[L()], argument.help[L()]]))),
    ...(options.length ? [element("h3", { textContent: TEXTS.options[L()] }), element("dl", {}, ...terms(options))] : []),
    element("h3", { textContent: TEXTS.spills[L()] }),
    element("p", { textContent: known.spills[L()] }),
    element("h3", { textContent: TEXTS.example[L()] }),
    element("code", { textContent: known.example }),
  );
}

async function checkKey() {
  localStorage.setItem("lowcarbonKey", $("key").value.trim());
  const auth = await globalThis.getAuth();
  try {
    const headers = { Authorization: auth.token, "Auth-Provider": auth.provider };
    const { data } = await globalThis.xwRequest.get(`${config.appPath}/lowcarbon/user`, { headers });
    showStatus(TEXTS.entered[L()] + data.name, "done");
    lowcarbon.plan.refresh();
  } catch (error) {
    showStatus(error.response?.data?.detail || error.message, "failed");
  }
}

// Excel keeps #NAME? in cells that were read before the add-in was there, until their formula is entered again.
async function enterFormulasAgain() {
  const names = new RegExp(`(^|[^\\w.])LC\\.(${shown.functions.map((known) => known.name).join("|")})\\(`, "i");
  const count = await Excel.run(async (context) => {
    const sheets = context.workbook.worksheets.load("items/name");
    await context.sync();
    const used = sheets.items.map((sheet) => sheet.getUsedRangeOrNullObject().load("formulas"));
    await context.sync();
    let entered = 0;
    for (const range of used.filter((found) => !found.isNullObject)) {
      range.formulas.forEach((row, i) =>
        row.forEach((formula, j) => {
          if (typeof formula === "string" && formula.startsWith("=") && names.test(formula)) {
            range.getCell(i, j).formulas = [[formula]];
            entered += 1;
          }
        }),
      );
    }
    await context.sync();
    return entered;
  });
  showStatus(TEXTS.recalculated[L()] + count, "done");
}

for (const name of ["run", "log", "manual", "settings"]) $(`tab-${name}`).onclick = () => showTab(name);
$("search").oninput = showManual;
$("save").onclick = checkKey;
$("enter-again").onclick = () => enterFormulasAgain().catch((error) => showStatus(error.message, "failed"));
$("language").onclick = () => {
  localStorage.setItem("lowcarbonLanguage", L() === "zh" ? "en" : "zh");
  showTexts();
};
lowcarbon.changed.addEventListener("log", showLog);

Office.onReady(() => {
  const entra = config.authProviders.includes("entraid");
  $("key-form").hidden = entra;
  $("key").value = localStorage.getItem("lowcarbonKey") || "";
  showTexts();
  showTab("run");
  if (!entra && !$("key").value) {
    showTab("settings");
    showStatus(TEXTS.wanted[L()], "failed");
    return;
  }
  lowcarbon.plan.refresh();
});
