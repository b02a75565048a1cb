// Ribbon buttons: one generic callback; the task pane shows what a button says.
for (const chapter of lowcarbon.shown.chapters) {
  for (const button of chapter.buttons) {
    Office.actions.associate(button.id, async (event) => {
      try {
        await lowcarbon.runButton(button.id);
      } finally {
        event.completed();
      }
    });
  }
}
