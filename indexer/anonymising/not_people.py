"""Words with a capital that are no people: towns, regions, brands, bodies, days and feasts."""

from __future__ import annotations

from typing import Final

from indexer.analysis.normalize import fold

_TOWNS: Final = """
Paris Marseille Lyon Toulouse Nice Nantes Montpellier Strasbourg Bordeaux Lille Rennes Reims
Saint-Étienne Toulon Grenoble Dijon Angers Nîmes Villeurbanne Clermont Ferrand Brest Limoges Tours
Amiens Metz Besançon Perpignan Orléans Mulhouse Rouen Caen Nancy Argenteuil Montreuil Saint-Denis
Roubaix Tourcoing Avignon Poitiers Dunkerque Versailles Aubervilliers Créteil Pau Colmar Calais
Bourges Quimper Lorient Vannes Concarneau Morlaix Quimperlé Douarnenez Landerneau Saint-Malo
Saint-Brieuc Guingamp Lannion Carhaix Pontivy Redon Fougères Vitré Dinan Laval Cholet Niort
Rochelle Bayonne Biarritz Annecy Chambéry Valence Béziers Sète Narbonne Cannes Antibes Ajaccio
Bastia Troyes Chartres Blois Nevers Auxerre Lens Arras Douai Valenciennes Cherbourg Alençon Évreux
Dieppe Havre Mans Agen Albi Tarbes Bretagne Normandie Occitanie Provence Alsace Lorraine Bourgogne
Aquitaine Auvergne Corse Picardie Savoie Finistère Morbihan Armor Vendée Loire Seine Rhône Garonne
Île-de-France Hauts-de-France France Belgique Suisse Allemagne Espagne Italie Portugal Angleterre
Europe Afrique Asie Amérique Maroc Algérie Tunisie Sénégal Mali Cameroun Chine Japon Canada Québec
Londres Bruxelles Genève Berlin Madrid Rome Dakar Alger Tunis Casablanca Atlantique Méditerranée
Manche Iroise Odet
"""
_BODIES: Final = """
Urssaf Ursaff Inpi Insee Bpifrance Adie Acre Arce Are Afnor Cnil Sacem Spre Kbis Cerfa Siret Siren
Tva Rcs Rne Chorus Pôle Emploi France Travail Chambre Région Mairie Préfecture État Trésor Banque
Caisse Sécurité Sociale Cpam Caf Msa Opco Fifpl Agefice Dreets Drac Adagp Cipav Carsat Bge Réseau
Entreprendre Initiative Boutique Gestion Cci Cma Sas Sasu Eurl Sarl Ei Eirl Scop Scic Sci Insta
Instagram Facebook Google Tiktok Linkedin Youtube Pinterest Twitter Snapchat Whatsapp Messenger
Zoom Teams Meet Canva Shopify Wordpress Woocommerce Prestashop Wix Stripe Paypal Sumup Qonto Shine
Revolut Lydia Etsy Vinted Amazon Leboncoin Ebay Airbnb Deliveroo Uber Ulule Kisskissbankbank
Helloasso Leetchi Excel Word Powerpoint Notion Trello Slack Drive Gmail Outlook Iban Rib Bic Sepa
Decathlon Leroy Merlin Castorama Bricorama Ikea Carrefour Leclerc Intermarché Lidl Auchan Monoprix
Metro Promocash Biocoop Fnac Darty Boulanger Action Gifi Truffaut Orange Free Sfr Bouygues Edf
Engie Maif Macif Axa Allianz Groupama Maaf Matmut Generali Crédit Agricole Mutuel Bnp Paribas
Société Générale Populaire Épargne Postale Poste Colissimo Mondial Relay Chronopost Dhl Ups Fedex
Sncf Ratp Blablacar Planity Treatwell Doctolib Malt Mailchimp Brevo Siri Alexa Chatgpt Apple
Android Windows Mac Cordée Reserve Réservoir Pennylane Indy Tiime Dougs Ebp Sage Facturation Nacre
"""
_TIMES: Final = """
Lundi Mardi Mercredi Jeudi Vendredi Samedi Dimanche Janvier Février Mars Avril Mai Juin Juillet
Août Septembre Octobre Novembre Décembre Noël Pâques Toussaint Ramadan Halloween Épiphanie
Chandeleur Pentecôte Ascension Armistice Valentin Black Friday Code Article Loi Decret Livre Titre
Madame Monsieur Bonjour Merci Oui Non Salut Facture Devis Contrat Bonne Bon Cordialement
"""
NOT_PEOPLE: Final = frozenset(
    fold(part)
    for words in (_TOWNS, _BODIES, _TIMES)
    for word in words.split()
    for part in word.split("-")
    if len(part) > 1
)
"""Folded."""
