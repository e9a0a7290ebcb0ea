"""Words that students of a school for entrepreneurs type and general word lists lack."""

from __future__ import annotations

from typing import Final

# Lower case, with accents. Not in the lists because they are too new, too familiar, names, or
# feminine forms. Without them "did you mean" would correct what is right.
_ADMINISTRATION: Final = (
    "urssaf siret siren insee inpi rgpd cnil sasu eurl sarl sas snc scop scic acre arce cipav "
    "carsat haccp qualiopi opco agefice fifpl fafcea adie bpi bpifrance cfe csg crds dgfip ddpp "
    "infogreffe kbis guso agessa siae caf cpam msa rsa rqth pacs madelin france-travail "
    "auto-entrepreneur autoentrepreneur autoentrepreneurs autoentrepreneuse autoentrepreneuses "
    "autoentreprise autoentreprises autoentrepreneuriat micro-entreprise microentreprise "
    "microentreprises microentrepreneur microentrepreneurs microentrepreneuse microcrédit "
    "microcrédits entrepreneuriat entrepreneurial entrepreneuriale intrapreneuriat "
    "solopreneur solopreneuse freelance freelances freelancing télétravail télétravailler "
    "coworking comptabiliser dématérialisé dématérialisée e-facture facturier"
)
_SELLING: Final = (
    "crowdfunding financement-participatif newsletter newsletters dropshipping marketplace "
    "marketplaces e-commerce ecommerce influenceur influenceurs influenceuse influenceuses "
    "followers abonnés hashtag hashtags storytelling branding rebranding webinaire webinaires "
    "podcast podcasts vlog référencement seo sea sem crm saas pitch pitcher pitchs "
    "bootstrapper prospecter prospection upsell mailing emailing phishing flyer flyers "
    "click-and-collect food-truck foodtruck merch goodies personas persona benchmark "
    "monétiser monétisation scalable pivoter onboarding backlog roadmap mindset "
    "cosmétothèque savonnerie upcycling vrac zéro-déchet écoresponsable écoconception"
)
_PLATFORMS: Final = (
    "ulule kisskissbankbank kickstarter indiegogo tipeee patreon leetchi helloasso etsy vinted "
    "leboncoin amazon ebay shopify woocommerce prestashop wordpress wix squarespace webflow "
    "stripe paypal sumup zettle lydia qonto shine pennylane indy henrri abby google facebook "
    "instagram insta tiktok linkedin whatsapp snapchat twitter pinterest youtube twitch telegram "
    "discord slack trello notion asana zoom canva figma calendly mailchimp brevo zapier github "
    "chatgpt airbnb uber deliveroo doctolib malt fiverr upwork trustpilot tripadvisor booking "
    "chronopost mondialrelay colissimo vistaprint carrefour leclerc auchan ikea decathlon "
    "netflix spotify apple android iphone microsoft excel"
)
_FEMININE: Final = (
    "entrepreneure entrepreneures autrice autrices cheffe cheffes formatrice formatrices "
    "fondatrice fondatrices cofondatrice cofondatrices cofondateur cofondateurs associée "
    "associées repreneure repreneures créatrice créatrices développeuse développeuses "
    "consultante consultantes gérante gérantes mentore mentores mentorat mentorer mentoré "
    "mentorée professeure professeures ingénieure ingénieures investisseuse investisseuses"
)
_FAMILIAR: Final = (
    "taf tafs taffer matos resto restos compta appli applis asso assos promo promos texto textos "
    "sms mail mails e-mail email emails modif modifs perso persos daron darons daronne daronnes "
    "pote potes boulot bosser thune thunes fric galère galérer galères kiffer kiffe relou "
    "engueuler engueule engueulent engueulé fout foutre foutent foutu foutue ouf chelou vénère "
    "flemme flippe flipper stresser stresse saoule saouler arnaque arnaqueur cash blabla "
    "wifi selfie selfies spam spams bug bugs buguer app apps site web week-end weekend weekends "
    "hoodie hoodies burn-out burnout fake fakes buzz deal deals covid smartphone smartphones"
)

SCHOOL_WORDS: Final[tuple[str, ...]] = tuple(
    f"{_ADMINISTRATION} {_SELLING} {_PLATFORMS} {_FEMININE} {_FAMILIAR}".split()
)
