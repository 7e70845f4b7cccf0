# policy: data_agent
from pptx import Presentation
from pptx.util import Inches

deck = Presentation()
title = deck.slides.add_slide(deck.slide_layouts[0])
title.shapes.title.text = "Results"
title.placeholders[1].text = "Team meeting"
for name in ("revenue", "costs", "margin"):
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = name.title()
    box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(6), Inches(1))
    box.text_frame.text = f"See {name}.csv"
deck.save("results.pptx")
print(len(deck.slides))
