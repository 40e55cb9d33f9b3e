#!/usr/bin/perl
# System tier: Ruby's net/ftp at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

my @program = ('ruby', "$FindBin::Bin/clients/net_ftp.rb");
my $trees = 'it has no call for whole trees';
my $client = { name => 'Ruby net/ftp', packages => ['ruby'],
    version => "@program --version", run => program_steps(@program),
    cannot => { get_tree => $trees, put_tree => $trees } };

jobs($client);
jobs($client, tls => 'explicit');
many($client);
hosts($client, sni => ['explicit', 'implicit'], host => 'behind');
done_testing;
